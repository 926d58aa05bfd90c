package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.client.MetadataClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "sync-cancel",
    description = {
      "Stop a load in the background. What it did stays; deletions that it holds back are not"
          + " taken over.",
      "Your own loads, or as super-user any. A load that has ended stays as it is."
    })
final class SyncCancelCommand extends ClusterCommand {
  @Parameters(paramLabel = "ID", description = "As load-metadata --async printed it.")
  private long id;

  @Override
  protected ExitCodes run(MetadataClient client) {
    boolean stopped = client.cancelTask(id).value().getChanged();
    if (json()) {
      output().json(Json.object().put("taskId", id).put("changed", stopped));
    } else if (!stopped) {
      output().note("Load " + id + " has ended, or is being stopped already.");
    }
    return ExitCodes.OK;
  }
}
