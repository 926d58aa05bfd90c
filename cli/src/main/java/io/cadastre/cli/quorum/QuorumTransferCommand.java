package io.cadastre.cli.quorum;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.TimeText;
import io.cadastre.client.MetadataClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "transfer", description = "Hand leadership over to a member.")
final class QuorumTransferCommand extends ClusterCommand {
  @Parameters(paramLabel = "NODE", description = "Name of the member, as `quorum info` shows it.")
  private String node;

  @Override
  protected ExitCodes run(MetadataClient client) {
    long millis = client.admin().transferLeadership(node).getElapsedMillis();
    if (json()) {
      output().json(Json.object().put("leader", node).put("elapsedMillis", millis));
    } else {
      output().line(node + " leads after " + TimeText.elapsed(millis) + ".");
    }
    return ExitCodes.OK;
  }
}
