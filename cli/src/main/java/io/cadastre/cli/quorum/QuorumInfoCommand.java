package io.cadastre.cli.quorum;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.Table;
import io.cadastre.cli.format.TimeText;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.QuorumInfo;
import io.cadastre.core.api.proto.QuorumMember;
import picocli.CommandLine.Command;

@Command(name = "info", description = "Show every member as the leader sees it.")
final class QuorumInfoCommand extends ClusterCommand {
  @Override
  protected ExitCodes run(MetadataClient client) {
    QuorumInfo quorum = client.admin().quorum();
    if (json()) {
      output()
          .json(
              Json.object()
                  .put("clusterId", quorum.getClusterId())
                  .put("term", quorum.getTerm())
                  .put("leader", quorum.getLeader())
                  .putAll("members", quorum.getMembersList(), QuorumInfoCommand::toJson));
      return ExitCodes.OK;
    }
    output().line("Cluster " + quorum.getClusterId());
    output().line("Leader  " + quorum.getLeader() + " in term " + quorum.getTerm());
    output().line("");
    Table table =
        new Table("NAME", "ROLE", "RAFT ADDRESS", "CLIENT ADDRESS", "MATCH", "COMMIT", "HEARD");
    for (QuorumMember member : quorum.getMembersList()) {
      table.row(
          member.getNode(),
          member.getRole(),
          member.getRaftAddress(),
          member.getClientAddress(),
          member.getMatchIndex(),
          member.getCommitIndex(),
          member.getNode().equals(quorum.getLeader())
              ? ""
              : TimeText.elapsed(member.getLastContactMillis()) + " ago");
    }
    table.lines().forEach(output()::line);
    return ExitCodes.OK;
  }

  private static Json toJson(QuorumMember member) {
    return Json.object()
        .put("name", member.getNode())
        .put("role", member.getRole())
        .put("raftAddress", member.getRaftAddress())
        .put("clientAddress", member.getClientAddress())
        .put("matchIndex", member.getMatchIndex())
        .put("commitIndex", member.getCommitIndex())
        .put("lastContactMillis", member.getLastContactMillis());
  }
}
