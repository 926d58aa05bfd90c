package io.cadastre.journal.raft;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.util.ProtoUtils;

/**
 * What a member answers a leader that sends it entries: success only for entries that are in its
 * log, as they were sent, forced to the disk, and that were put there in the term of the leader
 * that sent them. Raft's safety rests on that answer, since the leader counts it as a vote for the
 * entries; Ratis 3.3.0 gives it too easily, in three ways.
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
 *       at once, though the write of these may still be waiting.
 *   <li>The term is looked at before the entries are written and not afterwards. The member may
 *       have voted for another leader between the two, with a log that lacked the entries.
 * </ul>
 *
 * <p>Appends are put into the log one after the other, also those of different connections: Ratis'
 * log refuses a second thread, and a late append of an old leader must not cut off what a newer one
 * has written.
 *
 * <p>Any number of threads.
 */
final class AppendGuard implements InvocationHandler {
  private final RaftServer server;
  private final Object oneAtATime = new Object();

  private AppendGuard(RaftServer server) {
    this.server = server;
  }

  /** The server, with its answers to appends checked. For the network service only. */
  static RaftServer around(RaftServer server) {
    return (RaftServer)
        Proxy.newProxyInstance(
            AppendGuard.class.getClassLoader(),
            new Class<?>[] {RaftServer.class},
            new AppendGuard(server));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals("appendEntriesAsync")) {
      AppendEntriesRequestProto request = (AppendEntriesRequestProto) arguments[0];
      // A heartbeat acknowledges no entry, and must not wait behind one.
      return request.getEntriesCount() == 0 ? server.appendEntriesAsync(request) : append(request);
    }
    try {
      return method.invoke(server, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request)
      throws IOException {
    // Waits until the member has started; from there on the append runs in this thread.
    RaftServer.Division division =
        server.getDivision(ProtoUtils.toRaftGroupId(request.getServerRequest().getRaftGroupId()));
    CompletableFuture<AppendEntriesReplyProto> reply;
    long term;
    synchronized (oneAtATime) {
      reply = server.appendEntriesAsync(request);
      // The entries are in the log: whatever this member votes for in a later term, it votes with
      // them.
      term = division.getInfo().getCurrentTerm();
    }
    RaftLog log = division.getRaftLog();
    return reply.thenApply(
        said ->
            said.getResult() == AppendResult.SUCCESS
                ? checked(request, said, term, held(request, log))
                : said);
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
