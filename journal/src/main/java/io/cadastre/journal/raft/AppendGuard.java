package io.cadastre.journal.raft;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;

/**
 * What a member answers a leader that sends it entries: success only for entries that are in its
 * log, as they were sent, forced to the disk, and that were put there in the term of the leader
 * that sent them. Raft's safety rests on that answer, since the leader counts it as a vote for the
 * entries; Ratis 3.3.0 gives it too easily.
 *
 * <ul>
 *   <li>An append that begins with the same entry as one that is still being written is taken for
 *       the same append and answered with success, even if it is longer or of another term. A
 *       leader sends such appends to a member that has just come back: the member misses entries,
 *       says so twice, and gets them twice, the second time with what was written meanwhile. From
 *       then on the leader believes in entries that the member lacks, counts them, and never sends
 *       them; the member declines everything behind them, for ever. This part of Ratis is off
 *       ({@link RatisProperties}).
 *   <li>Without that part, an append of nothing but entries that are in the log already is answered
 *       at once, though the write of these, or of what cuts off those before them, may still be
 *       waiting. So an answer waits for all appends before it, and what is said to be forced by
 *       then is forced.
 *   <li>The term is looked at before the entries are written and not afterwards. The member may
 *       have voted for another leader between the two, with a log that lacked the entries.
 *   <li>The leader's commit index is believed for the first entry of the log even if the append
 *       does not say anything about that entry.
 * </ul>
 *
 * <p>Appends are put into the log one after the other, also those of different connections: Ratis'
 * log refuses a second thread, and a late append of an old leader must not cut off what a newer one
 * has written.
 *
 * <p>Any number of threads.
 */
final class AppendGuard {
  private final Object oneAtATime = new Object();

  /** Completes when every append so far is on the disk or has failed. */
  private CompletableFuture<Void> written = CompletableFuture.completedFuture(null);

  /** Puts the entries into the log, and answers. */
  CompletableFuture<AppendEntriesReplyProto> append(
      AppendEntriesRequestProto request, RaftServer server, RaftServer.Division division)
      throws IOException {
    CompletableFuture<AppendEntriesReplyProto> reply;
    CompletableFuture<Void> before;
    long term;
    synchronized (oneAtATime) {
      reply = server.appendEntriesAsync(request);
      term = termBetweenVotes(division);
      before = written;
      written = CompletableFuture.allOf(before, reply.handle((said, failure) -> null));
    }
    RaftLog log = division.getRaftLog();
    return reply.thenCombine(
        before,
        (said, unused) ->
            said.getResult() == AppendResult.SUCCESS
                ? checked(request, said, term, held(request, log))
                : said);
  }

  /**
   * The member's term, with what has been put into its log so far. Whatever it votes for in a later
   * term, it votes with that: Ratis compares logs and raises the term under the division's monitor,
   * so that no vote is between the two here.
   */
  private static long termBetweenVotes(RaftServer.Division division) {
    synchronized (division) {
      return division.getInfo().getCurrentTerm();
    }
  }

  /**
   * The request with a commit index that covers only entries that the request speaks of. Ratis
   * takes one without a previous entry to speak of the log's first entry, though it may be a
   * heartbeat.
   */
  static AppendEntriesRequestProto withCheckedCommit(AppendEntriesRequestProto request) {
    int count = request.getEntriesCount();
    long last = count == 0 ? RaftLog.INVALID_LOG_INDEX : request.getEntries(count - 1).getIndex();
    return request.hasPreviousLog() || request.getLeaderCommit() <= last
        ? request
        : request.toBuilder().setLeaderCommit(last).build();
  }

  /**
   * The last index up to which the log holds what the request has, on the disk; the one before the
   * request's first entry if it holds none of it.
   */
  private static long held(AppendEntriesRequestProto request, RaftLog log) {
    long first = request.getEntries(0).getIndex();
    long index = Math.min(log.getFlushIndex(), first + request.getEntriesCount() - 1);
    // Two logs with the same term at an index are the same up to it.
    while (index >= first && !has(log, request, index)) {
      index--;
    }
    return Math.max(index, first - 1);
  }

  private static boolean has(RaftLog log, AppendEntriesRequestProto request, long index) {
    var entry = request.getEntries((int) (index - request.getEntries(0).getIndex()));
    var stored = log.getTermIndex(index);
    return stored != null && stored.getTerm() == entry.getTerm();
  }

  /**
   * The answer that may be given.
   *
   * @param said Ratis' answer, a success
   * @param term this member's term after the entries were put into its log
   * @param held the last index of the request that is on this member's disk
   */
  static AppendEntriesReplyProto checked(
      AppendEntriesRequestProto request, AppendEntriesReplyProto said, long term, long held) {
    long last = request.getEntries(request.getEntriesCount() - 1).getIndex();
    if (term == request.getLeaderTerm() && held == last) {
      return said;
    }
    AppendEntriesReplyProto.Builder no =
        said.toBuilder().setTerm(term).setMatchIndex(RaftLog.INVALID_LOG_INDEX);
    no.getServerReplyBuilder().setSuccess(false);
    return term == request.getLeaderTerm()
        ? no.setResult(AppendResult.INCONSISTENCY).setNextIndex(held + 1).build()
        : no.setResult(AppendResult.NOT_LEADER).build();
  }
}
