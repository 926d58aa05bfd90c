package io.cadastre.cli.local;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.PropertiesFile;
import io.cadastre.core.config.ClusterMember;
import io.cadastre.core.config.ClusterMembers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What a local cluster consists of, kept in `local.properties`. Written before the storages are
 * formatted; `formatted` turns true when all of them are, so that an interrupted first start is
 * finished by the next one, and a storage that is lost later is never replaced in silence.
 *
 * @param clusterId shared by all masters
 */
record LocalState(UUID clusterId, ClusterMembers members, boolean formatted) {
  static final String FILE_NAME = "local.properties";

  private static final String HOST = "127.0.0.1";
  private static final int PORTS_PER_MASTER = 3;
  private static final String CLUSTER_ID = "cluster.id";
  private static final String MEMBERS = "cadastre.cluster.members";
  private static final String FORMATTED = "formatted";

  /** Masters m1, m2, ... with three consecutive ports each: Raft, client, HTTP. */
  static LocalState plan(UUID clusterId, int masters, int basePort) {
    StringBuilder members = new StringBuilder();
    for (int i = 0; i < masters; i++) {
      int port = basePort + i * PORTS_PER_MASTER;
      members.append(i == 0 ? "" : ",").append('m').append(i + 1).append('=').append(HOST);
      members.append(':').append(port).append(':').append(port + 1).append(':').append(port + 2);
    }
    try {
      return new LocalState(clusterId, ClusterMembers.parse(members.toString()), false);
    } catch (IllegalArgumentException e) {
      throw CliFailure.usage(
          "No cluster of " + masters + " masters from port " + basePort + ": " + e.getMessage());
    }
  }

  /** Empty if there is no cluster in the directory. */
  static Optional<LocalState> load(LocalDirectory directory) {
    Path file = directory.stateFile();
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Map<String, String> values = PropertiesFile.read(file);
    try {
      return Optional.of(
          new LocalState(
              UUID.fromString(values.getOrDefault(CLUSTER_ID, "")),
              ClusterMembers.parse(values.getOrDefault(MEMBERS, "")),
              Boolean.parseBoolean(values.get(FORMATTED))));
    } catch (IllegalArgumentException e) {
      throw CliFailure.local(
          file + " is damaged: " + e.getMessage() + ". Repair it, or pass another --dir.", e);
    }
  }

  /**
   * The cluster that must be there.
   *
   * @throws CliFailure USAGE, saying how to make one
   */
  static LocalState require(LocalDirectory directory) {
    return load(directory)
        .orElseThrow(
            () ->
                CliFailure.usage(
                    "There is no local cluster in "
                        + directory.path()
                        + "; make one with `cadastre local start`, or pass its --dir."));
  }

  void save(LocalDirectory directory) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put(CLUSTER_ID, clusterId.toString());
    values.put(MEMBERS, members.toString());
    values.put(FORMATTED, Boolean.toString(formatted));
    PropertiesFile.write(
        directory.stateFile(), "A local Cadastre cluster, kept by `cadastre local`.", values);
  }

  LocalState asFormatted() {
    return new LocalState(clusterId, members, true);
  }

  /**
   * @throws CliFailure USAGE, naming the masters that there are
   */
  ClusterMember member(String name) {
    return members
        .byName(name)
        .orElseThrow(
            () ->
                CliFailure.usage(
                    "There is no master '"
                        + name
                        + "'; there are "
                        + String.join(", ", members.names())
                        + "."));
  }
}
