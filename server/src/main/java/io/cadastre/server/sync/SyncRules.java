package io.cadastre.server.sync;

import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.api.proto.SyncOptions;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.mount.PolicyTable;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import java.util.Optional;

/**
 * Which interval and load type are in force for a path, and what follows for a request. Asks no
 * store and keeps nothing; thread-safe.
 */
final class SyncRules {
  private final Configuration configuration;

  SyncRules(Configuration configuration) {
    this.configuration = configuration;
  }

  /**
   * What a request needs of the store. Empty: nothing. Else whether what is known is compared too,
   * or only what is missing is loaded.
   *
   * @param known whether the namespace has the path
   */
  static Optional<Boolean> needed(
      long interval,
      Freshness.Covering covering,
      boolean known,
      SyncDepth depth,
      LoadType type,
      long nowMillis) {
    if (isDue(interval, covering, nowMillis)) {
      return Optional.of(true);
    }
    return switch (type) {
      case NEVER -> Optional.empty();
      case ALWAYS -> depth == SyncDepth.SELF && known ? Optional.empty() : Optional.of(false);
      default -> {
        if (!known) {
          // That the directories above were loaded says nothing of now: there is no telling when
          // that was, unless an interval says that it was recent enough.
          yield interval > 0 ? Optional.empty() : Optional.of(false);
        }
        yield covering.exists() || depth == SyncDepth.SELF ? Optional.empty() : Optional.of(false);
      }
    };
  }

  /** Whether a mark is too old for this interval. */
  static boolean isDue(long interval, Freshness.Covering covering, long nowMillis) {
    return interval == 0
        || covering.invalidated()
        || (interval > 0 && (!covering.exists() || covering.millis() + interval <= nowMillis));
  }

  /**
   * The call's value, else the nearest policy on the path or above it, else the client's, else the
   * master's.
   */
  long interval(AppliedView view, NamespacePath path, SyncOptions options) {
    if (options.hasIntervalMillis()) {
      return options.getIntervalMillis();
    }
    Optional<PolicyTable.Effective> policy =
        view.policies().effective(path, ConfigKeys.USER_FILE_METADATA_SYNC_INTERVAL.name());
    return policy
        .map(
            effective ->
                ConfigKeys.USER_FILE_METADATA_SYNC_INTERVAL
                    .parse(effective.value(), "policy " + effective.origin())
                    .toMillis())
        .orElseGet(
            () ->
                options.hasDefaultIntervalMillis()
                    ? options.getDefaultIntervalMillis()
                    : configuration.get(ConfigKeys.USER_FILE_METADATA_SYNC_INTERVAL).toMillis());
  }

  /** The call's value, else the nearest policy's, else the client's, else the master's. */
  LoadType loadType(AppliedView view, NamespacePath path, SyncOptions options) {
    if (isSaid(options.getLoadType())) {
      return options.getLoadType();
    }
    return view.policies()
        .effective(path, ConfigKeys.USER_FILE_METADATA_LOAD_TYPE.name())
        .map(policy -> LoadType.valueOf(policy.value()))
        .orElseGet(
            () ->
                isSaid(options.getDefaultLoadType())
                    ? options.getDefaultLoadType()
                    : LoadType.valueOf(
                        configuration.get(ConfigKeys.USER_FILE_METADATA_LOAD_TYPE).name()));
  }

  private static boolean isSaid(LoadType type) {
    return type != LoadType.LOAD_TYPE_DEFAULT && type != LoadType.UNRECOGNIZED;
  }

  /** Whether a policy below a path has an interval of its own, and the call has none. */
  boolean differsBelow(AppliedView view, NamespacePath path, SyncOptions options) {
    return !options.hasIntervalMillis()
        && view.policies().under(path).entrySet().stream()
            .filter(policy -> !policy.getKey().equals(path))
            .anyMatch(
                policy ->
                    policy
                        .getValue()
                        .containsKey(ConfigKeys.USER_FILE_METADATA_SYNC_INTERVAL.name()));
  }
}
