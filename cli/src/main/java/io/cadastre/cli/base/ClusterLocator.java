package io.cadastre.cli.base;

import io.cadastre.core.config.ClusterMember;
import io.cadastre.core.config.ClusterMembers;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.ConfigScope;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.config.ConfigurationLoader;
import io.cadastre.core.config.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds the cluster that a command is for: `--masters` (or `-Dcadastre.masters`),
 * $CADASTRE_MASTERS, the configuration file, the last local cluster of this user; in that order.
 */
public final class ClusterLocator {
  private static final String LOCAL_STATE_FILE = "local.properties";

  private final GlobalOptions options;
  private final CliEnvironment environment;

  public ClusterLocator(GlobalOptions options, CliEnvironment environment) {
    this.options = options;
    this.environment = environment;
  }

  /**
   * @throws CliFailure USAGE if nothing names a cluster
   * @throws io.cadastre.core.error.MetadataException INVALID_ARGUMENT for a wrong address or
   *     configuration file
   */
  public ClusterAddress locate() {
    Optional<Path> file = configurationFile();
    Configuration configuration =
        file.map(path -> ConfigurationLoader.load(ConfigScope.CLIENT, path, options.properties()))
            .orElseGet(() -> ConfigurationLoader.load(ConfigScope.CLIENT, options.properties()));
    if (options.masters() != null) {
      return given(configuration, options.masters(), "--masters");
    }
    if (configuration.isSet(ConfigKeys.MASTERS)
        && configuration.origin(ConfigKeys.MASTERS).equals("-D")) {
      return new ClusterAddress(configuration.get(ConfigKeys.MASTERS), "-D", configuration);
    }
    Optional<String> variable = environment.variable("CADASTRE_MASTERS");
    if (variable.isPresent()) {
      return given(configuration, variable.get(), "$CADASTRE_MASTERS");
    }
    if (configuration.isSet(ConfigKeys.MASTERS)) {
      return new ClusterAddress(
          configuration.get(ConfigKeys.MASTERS),
          configuration.origin(ConfigKeys.MASTERS),
          configuration);
    }
    if (configuration.isSet(ConfigKeys.CLUSTER_MEMBERS)) {
      return new ClusterAddress(
          clientAddresses(configuration.get(ConfigKeys.CLUSTER_MEMBERS)),
          configuration.origin(ConfigKeys.CLUSTER_MEMBERS),
          configuration);
    }
    return lastLocal(configuration)
        .orElseThrow(
            () ->
                CliFailure.usage(
                    "No cluster is named. Pass --masters HOST:PORT,... or set $CADASTRE_MASTERS,"
                        + " or set cadastre.masters in conf/cadastre-site.properties, or start one"
                        + " here with `cadastre local start`."));
  }

  /**
   * `--conf`, $CADASTRE_CONF, or conf/cadastre-site.properties of the installation if it is there.
   */
  public Optional<Path> configurationFile() {
    if (options.conf() != null) {
      return Optional.of(options.conf());
    }
    return environment
        .variable("CADASTRE_CONF")
        .map(Path::of)
        .or(
            () ->
                environment
                    .installation()
                    .map(home -> home.resolve("conf").resolve("cadastre-site.properties"))
                    .filter(Files::exists));
  }

  /** Holds the directory of this user's last local cluster. */
  public static Path lastLocalFile(Path home) {
    return home.resolve(".cadastre").resolve("last-local");
  }

  private static ClusterAddress given(Configuration configuration, String text, String origin) {
    return new ClusterAddress(ConfigKeys.MASTERS.parse(text, origin), origin, configuration);
  }

  private Optional<ClusterAddress> lastLocal(Configuration configuration) {
    Path pointer = lastLocalFile(environment.home());
    if (!Files.exists(pointer)) {
      return Optional.empty();
    }
    try {
      Path state = Path.of(Files.readString(pointer).strip()).resolve(LOCAL_STATE_FILE);
      if (!Files.exists(state)) {
        return Optional.empty();
      }
      String members =
          PropertiesFile.read(state).getOrDefault(ConfigKeys.CLUSTER_MEMBERS.name(), "");
      return Optional.of(
          new ClusterAddress(
              clientAddresses(ConfigKeys.CLUSTER_MEMBERS.parse(members, state.toString())),
              "the local cluster in " + state.getParent(),
              configuration));
    } catch (IOException e) {
      throw CliFailure.local("Cannot read " + pointer + ": " + e.getMessage(), e);
    }
  }

  private static List<HostPort> clientAddresses(ClusterMembers members) {
    return members.all().stream().map(ClusterMember::rpc).toList();
  }
}
