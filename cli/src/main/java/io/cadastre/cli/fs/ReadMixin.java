package io.cadastre.cli.fs;

import io.cadastre.cli.format.TimeText;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.config.ConfigKey;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.config.MetadataLoadType;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * How a read keeps in step with the store. The option counts, else the key given with -D; a value
 * of the client's file yields to a path's own setting, which only the master knows, so it is not
 * sent.
 */
final class ReadMixin {
  private static final String NEVER_AGAIN = "-1";

  @Option(
      names = "--load-type",
      paramLabel = "TYPE",
      description = "What to load from the store when no sync is due: NEVER, ONCE or ALWAYS.")
  private MetadataLoadType loadType;

  @Option(
      names = "--sync-interval",
      paramLabel = "DURATION",
      description =
          "Compare with the store if that was longer ago than this: 0 always, -1 never again.")
  private String interval;

  @Option(
      names = "--allow-stale",
      description =
          "If the store cannot be asked in time, answer with what is known, and say so on standard"
              + " error.")
  private boolean allowStale;

  ReadOptions options(Configuration configuration) {
    ReadOptions options = defaults(configuration).withAllowStale(allowStale);
    Optional<MetadataLoadType> load =
        Optional.ofNullable(loadType)
            .or(() -> override(configuration, ConfigKeys.USER_FILE_METADATA_LOAD_TYPE));
    if (load.isPresent()) {
      options = options.withLoadType(LoadType.valueOf(load.get().name()));
    }
    Optional<Duration> given =
        interval == null
            ? override(configuration, ConfigKeys.USER_FILE_METADATA_SYNC_INTERVAL)
            : Optional.of(parse(interval));
    return given.isPresent() ? options.withSyncIntervalMillis(given.get().toMillis()) : options;
  }

  /** What the client's file says counts where no policy of the path does. */
  private static ReadOptions defaults(Configuration configuration) {
    ReadOptions options = ReadOptions.DEFAULT;
    if (configuration.isSet(ConfigKeys.USER_FILE_METADATA_LOAD_TYPE)) {
      options =
          options.withDefaultLoadType(
              LoadType.valueOf(configuration.get(ConfigKeys.USER_FILE_METADATA_LOAD_TYPE).name()));
    }
    return configuration.isSet(ConfigKeys.USER_FILE_METADATA_SYNC_INTERVAL)
        ? options.withDefaultSyncIntervalMillis(
            configuration.get(ConfigKeys.USER_FILE_METADATA_SYNC_INTERVAL).toMillis())
        : options;
  }

  /** Throws for a wrong option, before anything is sent. */
  void check() {
    if (interval != null) {
      parse(interval);
    }
  }

  private static Duration parse(String text) {
    return text.equals(NEVER_AGAIN)
        ? Duration.ofMillis(-1)
        : TimeText.parseDuration(text, "--sync-interval");
  }

  private static <T> Optional<T> override(Configuration configuration, ConfigKey<T> key) {
    return configuration.origin(key).equals("-D")
        ? Optional.of(configuration.get(key))
        : Optional.empty();
  }
}
