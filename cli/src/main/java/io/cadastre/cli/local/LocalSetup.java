package io.cadastre.cli.local;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.JournalTools;
import io.cadastre.cli.base.PropertiesFile;
import io.cadastre.core.config.ClusterMember;
import io.cadastre.core.config.ConfigScope;
import io.cadastre.core.config.ConfigurationLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Lays out a local cluster's directories, configuration files and storages. */
record LocalSetup(LocalDirectory directory, JournalTools tools) {
  /** What `local` decides itself. */
  private static final Set<String> OWN_KEYS =
      Set.of(
          "cadastre.master.name",
          "cadastre.cluster.members",
          "cadastre.master.storage.dir",
          "cadastre.master.bind.address");

  /** A new cluster: everything but the formatting, which {@link #finish} does. */
  LocalState create(LocalState planned, Map<String, String> overrides) {
    checkOverrides(overrides);
    directory.requireUnused();
    planned.save(directory);
    for (ClusterMember member : planned.members().all()) {
      writeConfiguration(planned, member, overrides);
    }
    return finish(planned);
  }

  /** Formats what an interrupted first start has left unformatted. */
  LocalState finish(LocalState state) {
    if (state.formatted()) {
      return state;
    }
    for (ClusterMember member : state.members().all()) {
      MasterDirectory master = directory.master(member.name());
      if (!Files.exists(master.configFile())) {
        writeConfiguration(state, member, Map.of());
      }
      if (tools.identity(master.storage()).isEmpty()) {
        tools.format(master.storage(), member.name(), state.clusterId());
      }
    }
    LocalState formatted = state.asFormatted();
    formatted.save(directory);
    return formatted;
  }

  /** Sets keys in the configuration files of a cluster that is there; other lines stay. */
  void change(LocalState state, Map<String, String> overrides) {
    checkOverrides(overrides);
    if (overrides.isEmpty()) {
      return;
    }
    for (ClusterMember member : state.members().all()) {
      Map<String, String> values =
          new LinkedHashMap<>(PropertiesFile.read(directory.master(member.name()).configFile()));
      values.putAll(overrides);
      write(member, values);
    }
  }

  private void writeConfiguration(
      LocalState state, ClusterMember member, Map<String, String> overrides) {
    MasterDirectory master = directory.master(member.name());
    try {
      master.create();
    } catch (IOException e) {
      throw CliFailure.local("Cannot make " + master.path() + ": " + e.getMessage(), e);
    }
    Map<String, String> values = new LinkedHashMap<>();
    values.put("cadastre.master.name", member.name());
    values.put("cadastre.cluster.members", state.members().toString());
    values.put("cadastre.master.bind.address", member.host());
    values.put("cadastre.master.storage.dir", master.storage().toString());
    values.putAll(overrides);
    write(member, values);
  }

  private void write(ClusterMember member, Map<String, String> values) {
    PropertiesFile.write(
        directory.master(member.name()).configFile(),
        "Master " + member.name() + " of a local cluster; -D of `cadastre local start` lands here.",
        values);
  }

  /** A wrong key or value is told here, not in the log of a process. */
  private static void checkOverrides(Map<String, String> overrides) {
    for (String key : overrides.keySet()) {
      if (OWN_KEYS.contains(key)) {
        throw CliFailure.usage(
            "-D" + key + ": `local start` sets this itself, from --masters, --dir and --base-port");
      }
    }
    ConfigurationLoader.load(ConfigScope.MASTER, overrides);
  }
}
