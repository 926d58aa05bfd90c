package io.cadastre.journal.raft;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * What a member answers a candidate. Two things are added to Ratis' rules.
 *
 * <ul>
 *   <li>A vote is not given while a leader may rely on this member's silence ({@link LeaseClock}).
 *       Ratis looks at that when the candidate asks for a pre-vote, but no more when it asks for
 *       the vote; an append of the leader that was accepted between the two has renewed its lease.
 *       Such a member says no. It has voted in its own books then, which costs a leader its term
 *       and is safe. Candidates that never asked for a pre-vote were told to stand by the leader,
 *       which has given up its lease.
 *   <li>A vote is on the disk before it is given: Ratis forces the file and renames it, but does
 *       not force the directory, so a power cut could bring back the file before and the member
 *       would vote twice in a term.
 * </ul>
 *
 * <p>Any number of threads.
 */
final class VoteGuard {
  private final long leaseNanos;
  private final long preVoteNanos;

  /** When each member asked for a pre-vote last. */
  private final Map<ByteString, Long> preVotes = new ConcurrentHashMap<>();

  private volatile Heard heard;

  private record Heard(ByteString leader, long nanos) {}

  VoteGuard(RaftProperties properties) {
    leaseNanos = RaftServerConfigKeys.Rpc.timeoutMin(properties).toLong(TimeUnit.NANOSECONDS);
    // The answers to a pre-vote are waited for no longer than this.
    preVoteNanos = 2 * RaftServerConfigKeys.Rpc.timeoutMax(properties).toLong(TimeUnit.NANOSECONDS);
  }

  /**
   * An append is about to be looked at. Before it is, not after: once a vote is in the books, an
   * append of the old term is refused, so one that was accepted was heard before the vote.
   */
  void heard(AppendEntriesRequestProto request, long currentTerm) {
    if (request.getLeaderTerm() >= currentTerm) {
      heard = new Heard(request.getServerRequest().getRequestorId(), System.nanoTime());
    }
  }

  /**
   * The answer that may be given.
   *
   * @param said Ratis' answer
   * @throws IOException if the vote cannot be forced to the disk; it must not be given then
   */
  RequestVoteReplyProto answer(
      RequestVoteRequestProto request, RequestVoteReplyProto said, RaftServer.Division division)
      throws IOException {
    ByteString candidate = request.getServerRequest().getRequestorId();
    long now = System.nanoTime();
    if (request.getPreVote()) {
      if (division.getRaftConf().getPeer(RaftPeerId.valueOf(candidate)) != null) {
        preVotes.put(candidate, now);
      }
      return said;
    }
    if (!said.getServerReply().getSuccess()) {
      return said;
    }
    if (isLeased(candidate, now)) {
      RequestVoteReplyProto.Builder no = said.toBuilder();
      no.getServerReplyBuilder().setSuccess(false);
      return no.build();
    }
    NodeIdentity.sync(division.getRaftStorage().getStorageDir().getCurrentDir().toPath());
    return said;
  }

  private boolean isLeased(ByteString candidate, long now) {
    Long asked = preVotes.get(candidate);
    Heard last = heard;
    return asked != null
        && now - asked < preVoteNanos
        && last != null
        && !last.leader().equals(candidate)
        && now - last.nanos() < leaseNanos;
  }
}
