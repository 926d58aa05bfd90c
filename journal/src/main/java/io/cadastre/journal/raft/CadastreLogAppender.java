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
 * <p>It works around RATIS-2500, which is in 3.3.0: a leader sends snapshot notifications for ever
 * to a follower that needs exactly the first entry of the leader's log when the entry before it has
 * been purged. The log alone serves such a follower: it is purged only up to what every member has
 * reported as committed ({@link PurgeLimit}), so the entry that was purged is in the follower's own
 * log, and is the same there. The same holds for a follower of which Ratis believes (after an
 * appender was restarted) that it has nothing, once the follower has said that it lacks nothing.
 * Goes when a fixed Ratis is out.
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
    long first = Math.max(next, start);
    if (first > RaftLog.LEAST_VALID_LOG_INDEX
        && getPrevious(first) == null
        && (next != first || follower.getSnapshotIndex() != first - 1)) {
      // Lets Ratis send the first entry without naming the one before it.
      follower.setSnapshotIndex(first - 1);
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
