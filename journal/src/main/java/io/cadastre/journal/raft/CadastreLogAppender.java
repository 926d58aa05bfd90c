package io.cadastre.journal.raft;

import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;

/**
 * Works around RATIS-2500, which is in 3.3.0: a leader sends snapshot notifications for ever to a
 * follower that needs exactly the first entry of the leader's log when the entry before it has been
 * purged. The follower has that earlier entry in its snapshot, so the log is all it needs. Goes
 * when a fixed Ratis is out.
 */
final class CadastreLogAppender extends GrpcLogAppender {
  CadastreLogAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
    super(server, state, follower);
  }

  @Override
  public boolean shouldInstallSnapshot(boolean bootstrapping) {
    if (!bootstrapping
        && logServes(
            getFollower().getNextIndex(),
            getRaftLog().getStartIndex(),
            getFollower().getSnapshotIndex())) {
      return false;
    }
    return super.shouldInstallSnapshot(bootstrapping);
  }

  /**
   * Whether a follower whose snapshot ends right before the leader's first entry needs no more than
   * the log.
   */
  static boolean logServes(long nextIndex, long logStart, long followerSnapshot) {
    return nextIndex == logStart && nextIndex == followerSnapshot + 1;
  }
}
