package io.cadastre.journal.raft;

import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.RaftLogIOException;

/**
 * Ratis' log appender, with two changes.
 *
 * <p>It notes when each append was sent, for the lease.
 *
 * <p>It never asks a follower to install a snapshot that the log can serve. Ratis 3.3.0 does so for
 * ever (RATIS-2500) when a follower needs exactly the first entry of the leader's log and the entry
 * before it has been purged, and also when a restarted appender has forgotten how far the follower
 * is. {@link PurgeLimit} sees to it that every member has the first entry of everybody's log, so
 * the log serves whoever has not lost entries; such a follower gets the entries behind that first
 * one, which it checks against its own. The part about RATIS-2500 goes when checkpoints can be
 * transferred and a fixed Ratis is out.
 */
final class CadastreLogAppender extends GrpcLogAppender {
  private final SendTimes sendTimes;
  private final LeaseClock lease;

  private CadastreLogAppender(
      RaftServer.Division server,
      LeaderState state,
      FollowerInfo follower,
      SendTimes sendTimes,
      LeaseClock lease) {
    super(server, state, follower);
    this.sendTimes = sendTimes;
    this.lease = lease;
  }

  static CadastreLogAppender of(
      RaftServer.Division server, LeaderState state, FollowerInfo follower, LeaseClock lease) {
    SendTimes sendTimes = new SendTimes();
    LeaderState listening =
        new AcknowledgingLeaderState(state, sendTimes, lease.follow(state, follower));
    return new CadastreLogAppender(server, listening, follower, sendTimes, lease);
  }

  @Override
  public AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat)
      throws RaftLogIOException {
    sendTimes.sent(callId, lease.nanoTime());
    return super.newAppendEntriesRequest(callId, heartbeat);
  }

  @Override
  public boolean shouldInstallSnapshot(boolean hasSnapshot) {
    FollowerInfo follower = getFollower();
    long next = follower.getNextIndex();
    long start = getRaftLog().getStartIndex();
    if (getLeaderState().isFollowerBootstrapping(follower)
        || !logServes(next, start, follower.hasAttemptedToInstallSnapshot())) {
      return super.shouldInstallSnapshot(hasSnapshot);
    }
    if (next <= start && start > RaftLog.LEAST_VALID_LOG_INDEX) {
      follower.setNextIndex(start + 1);
    }
    return false;
  }

  /**
   * Whether the log is all that the follower needs.
   *
   * @param nextIndex the next entry for the follower, as the leader believes
   * @param logStart the leader's first entry, -1 if it has none
   * @param saidNo whether the follower was asked to install a snapshot and has declined
   */
  static boolean logServes(long nextIndex, long logStart, boolean saidNo) {
    return logStart >= RaftLog.LEAST_VALID_LOG_INDEX && (nextIndex >= logStart || saidNo);
  }
}
