package io.cadastre.cli.local;

import io.cadastre.cli.format.Json;
import io.cadastre.core.api.proto.NodeInfo;
import io.cadastre.core.config.ClusterMember;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One master of a local cluster as it is now: its process, and what it says of itself.
 *
 * @param info empty if it did not answer
 */
record MasterView(
    ClusterMember member, OptionalLong pid, ProcessTable.State process, Optional<NodeInfo> info) {

  static final List<String> HEAD =
      List.of("NAME", "PID", "RAFT", "RPC", "HTTP", "ROLE", "TERM", "APPLIED");

  private static final String LEADER = "LEADER";
  private static final String STARTING = "STARTING";

  /** Whether it answers and is done with starting. */
  boolean isUp() {
    return info.map(NodeInfo::getRole).filter(role -> !role.equals(STARTING)).isPresent();
  }

  boolean leads() {
    return process == ProcessTable.State.RUNNING
        && info.map(NodeInfo::getRole).filter(LEADER::equals).isPresent();
  }

  /** The role in capitals, or what keeps it from having one: stopped, paused, not answering. */
  String role() {
    return switch (process) {
      case GONE -> "stopped";
      case PAUSED -> "paused";
      case RUNNING -> info.map(NodeInfo::getRole).orElse("not answering");
    };
  }

  /** A row under {@link #HEAD}. */
  Object[] cells() {
    return new Object[] {
      member.name(),
      pid.isPresent() ? pid.getAsLong() : "",
      member.raftPort(),
      member.rpcPort(),
      member.httpPort(),
      role(),
      info.map(NodeInfo::getTerm).map(String::valueOf).orElse(""),
      info.map(NodeInfo::getAppliedIndex).map(String::valueOf).orElse("")
    };
  }

  Json toJson() {
    Json json =
        Json.object()
            .put("name", member.name())
            .put("process", process.name().toLowerCase(Locale.ROOT))
            .put("pid", pid.isPresent() ? pid.getAsLong() : null)
            .put("raft", member.raft())
            .put("rpc", member.rpc())
            .put("http", member.http())
            .put("role", info.map(NodeInfo::getRole).orElse(null));
    info.ifPresent(
        node ->
            json.put("term", node.getTerm())
                .put("appliedIndex", node.getAppliedIndex())
                .put("snapshotIndex", node.getSnapshotIndex())
                .put("leader", node.getLeaderNode())
                .time("started", node.getStartedMillis()));
    return json;
  }
}
