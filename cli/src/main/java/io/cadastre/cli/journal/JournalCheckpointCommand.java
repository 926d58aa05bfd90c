package io.cadastre.cli.journal;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.base.MasterOption;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.TimeText;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.CheckpointResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "checkpoint",
    description = "Have a master take a snapshot of its state now and purge the log behind it.")
final class JournalCheckpointCommand extends ClusterCommand {
  @Mixin private MasterOption master;

  @Override
  protected ExitCodes run(MetadataClient client) {
    CheckpointResult result = client.admin().checkpoint(master.address(client));
    if (json()) {
      output()
          .json(
              Json.object()
                  .put("name", result.getNode())
                  .put("index", result.getIndex())
                  .put("term", result.getTerm())
                  .put("elapsedMillis", result.getElapsedMillis()));
    } else {
      output()
          .line(
              result.getNode()
                  + ": snapshot at index "
                  + result.getIndex()
                  + " (term "
                  + result.getTerm()
                  + ") in "
                  + TimeText.elapsed(result.getElapsedMillis()));
    }
    return ExitCodes.OK;
  }
}
