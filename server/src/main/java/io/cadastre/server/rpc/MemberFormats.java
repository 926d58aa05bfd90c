package io.cadastre.server.rpc;

import io.cadastre.core.api.proto.NodeInfo;
import io.cadastre.core.api.proto.NodeInfoRequest;
import io.cadastre.core.config.ClusterMember;
import io.cadastre.core.config.ClusterMembers;
import io.cadastre.journal.record.FormatVersion;
import io.grpc.StatusRuntimeException;

/** Asks the other members which format levels of the journal they can read. Thread-safe. */
public final class MemberFormats {
  private final String node;
  private final String clusterId;
  private final ClusterMembers members;

  public MemberFormats(String node, String clusterId, ClusterMembers members) {
    this.node = node;
    this.clusterId = clusterId;
    this.members = members;
  }

  /**
   * The newest level that all members can read, as each has just said; 0 if one of them does not
   * answer, is of a release that does not say, or of another cluster. Waits for the network.
   */
  public int common() {
    int least = FormatVersion.LEVEL;
    try (MemberChannels channels = new MemberChannels()) {
      for (ClusterMember member : members.all()) {
        if (!member.name().equals(node)) {
          NodeInfo info = channels.admin(member).getNodeInfo(NodeInfoRequest.getDefaultInstance());
          boolean expected =
              info.getNode().equals(member.name()) && info.getClusterId().equals(clusterId);
          least = Math.min(least, expected ? info.getFormatLevel() : 0);
        }
      }
    } catch (StatusRuntimeException e) {
      return 0;
    }
    return least;
  }
}
