package io.cadastre.journal.raft;

import java.util.List;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * Ratis' leader state as one log appender sees it, with an ear for the replies: an append that its
 * follower took from us as its leader renews the lease ({@link LeaseClock}), as of the time it was
 * sent. A refusal (NOT_LEADER) does not.
 */
final class AcknowledgingLeaderState implements LeaderState {
  private final LeaderState ratis;
  private final SendTimes sendTimes;
  private final LeaseClock.Acknowledged acknowledged;

  AcknowledgingLeaderState(
      LeaderState ratis, SendTimes sendTimes, LeaseClock.Acknowledged acknowledged) {
    this.ratis = ratis;
    this.sendTimes = sendTimes;
    this.acknowledged = acknowledged;
  }

  @Override
  public void onAppendEntriesReply(LogAppender appender, AppendEntriesReplyProto reply) {
    long callId = reply.getServerReply().getCallId();
    // A follower that answers INCONSISTENCY has recognised the leader too.
    boolean accepted =
        reply.getResult() == AppendResult.SUCCESS
            || reply.getResult() == AppendResult.INCONSISTENCY;
    if (accepted && sendTimes.knows(callId)) {
      acknowledged.accepted(sendTimes.of(callId));
    }
    ratis.onAppendEntriesReply(appender, reply);
  }

  @Override
  public void restart(LogAppender appender) {
    ratis.restart(appender);
  }

  @Override
  public AppendEntriesRequestProto newAppendEntriesRequestProto(
      FollowerInfo follower, List<LogEntryProto> entries, TermIndex previous, long callId) {
    return ratis.newAppendEntriesRequestProto(follower, entries, previous, callId);
  }

  @Override
  public void checkHealth(FollowerInfo follower) {
    ratis.checkHealth(follower);
  }

  @Override
  public boolean onFollowerTerm(FollowerInfo follower, long followerTerm) {
    return ratis.onFollowerTerm(follower, followerTerm);
  }

  @Override
  public void onFollowerCommitIndex(FollowerInfo follower, long commitIndex) {
    ratis.onFollowerCommitIndex(follower, commitIndex);
  }

  @Override
  public void onFollowerSuccessAppendEntries(FollowerInfo follower) {
    ratis.onFollowerSuccessAppendEntries(follower);
  }

  @Override
  public boolean isFollowerBootstrapping(FollowerInfo follower) {
    return ratis.isFollowerBootstrapping(follower);
  }
}
