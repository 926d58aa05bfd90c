package io.cadastre.cli.journal;

import io.cadastre.cli.base.CliCommand;
import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.Confirmation;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.base.JournalTools;
import io.cadastre.cli.format.Json;
import io.cadastre.core.config.ConfigKeys;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "format",
    description = {
      "Make an empty storage for a master. What is there is deleted; asks first.",
      "All masters of a cluster share one cluster id: format the first one without --cluster-id,"
          + " and the others with the id that it printed."
    })
final class JournalFormatCommand extends CliCommand {
  @Mixin private StorageOption storage;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "Name of the master, as in cadastre.cluster.members. Without it: cadastre.master.name of"
              + " the configuration file.")
  private String name;

  @Option(
      names = "--cluster-id",
      paramLabel = "UUID",
      description = "Id of the cluster; a new one without it.")
  private UUID clusterId;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  protected ExitCodes run() {
    JournalTools tools = context().journalTools();
    Path path = storage.path(context());
    String node = node();
    Optional<JournalTools.Identity> there = tools.identity(path);
    String question =
        there
            .map(
                identity ->
                    "This deletes the storage of master "
                        + identity.node()
                        + " of cluster "
                        + identity.clusterId()
                        + " in "
                        + path
                        + ". Format it?")
            .orElse("Format " + path + " for master " + node + "?");
    Confirmation.require(context().environment(), yes, question);
    JournalTools.Identity made =
        tools.format(path, node, clusterId == null ? UUID.randomUUID() : clusterId);
    if (json()) {
      output()
          .json(
              Json.object()
                  .put("dir", path)
                  .put("name", made.node())
                  .put("clusterId", made.clusterId())
                  .put("incarnation", made.incarnation()));
    } else {
      output().line("Formatted " + path + " for " + made.node());
      output().line("Cluster id: " + made.clusterId());
    }
    return ExitCodes.OK;
  }

  private String node() {
    if (name != null) {
      return ConfigKeys.MASTER_NAME.parse(name, "--name");
    }
    return StorageOption.configuration(context())
        .orElseThrow(
            () ->
                CliFailure.usage(
                    "No master is named. Pass --name NAME, or its configuration file with --conf"
                        + " FILE."))
        .get(ConfigKeys.MASTER_NAME);
  }
}
