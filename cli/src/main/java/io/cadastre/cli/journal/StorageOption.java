package io.cadastre.cli.journal;

import io.cadastre.cli.base.CliContext;
import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ClusterLocator;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.ConfigScope;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.config.ConfigurationLoader;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The storage directory of a stopped master: named, or that of its configuration file. */
final class StorageOption {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Storage directory of a stopped master. Without it: cadastre.master.storage.dir of the"
              + " configuration file (--conf).")
  private Path dir;

  /**
   * @throws CliFailure USAGE if neither names one
   */
  Path path(CliContext context) {
    if (dir != null) {
      return dir.toAbsolutePath().normalize();
    }
    return configuration(context)
        .orElseThrow(
            () ->
                CliFailure.usage(
                    "No storage is named. Pass --dir DIR, or the master's configuration file with"
                        + " --conf FILE."))
        .get(ConfigKeys.MASTER_STORAGE_DIR);
  }

  /** The master's settings, if there is a configuration file. */
  static Optional<Configuration> configuration(CliContext context) {
    return new ClusterLocator(context.options(), context.environment())
        .configurationFile()
        .map(
            file ->
                ConfigurationLoader.load(ConfigScope.MASTER, file, context.options().properties()));
  }
}
