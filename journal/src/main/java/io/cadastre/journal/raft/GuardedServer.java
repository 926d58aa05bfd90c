package io.cadastre.journal.raft;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.ProtoUtils;

/**
 * The Raft server as its network service sees it: what other members are told about entries and
 * votes is checked, by {@link AppendGuard} and {@link VoteGuard}. Any number of threads.
 */
final class GuardedServer implements InvocationHandler {
  private final RaftServer server;
  private final AppendGuard appends = new AppendGuard();
  private final VoteGuard votes;

  private GuardedServer(RaftServer server) {
    this.server = server;
    this.votes = new VoteGuard(server.getProperties());
  }

  static RaftServer around(RaftServer server) {
    return (RaftServer)
        Proxy.newProxyInstance(
            GuardedServer.class.getClassLoader(),
            new Class<?>[] {RaftServer.class},
            new GuardedServer(server));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    switch (method.getName()) {
      case "appendEntriesAsync":
        return append((AppendEntriesRequestProto) arguments[0]);
      case "requestVote":
        RequestVoteRequestProto request = (RequestVoteRequestProto) arguments[0];
        return votes.answer(
            request, server.requestVote(request), division(request.getServerRequest()));
      default:
        try {
          return method.invoke(server, arguments);
        } catch (InvocationTargetException e) {
          throw e.getCause();
        }
    }
  }

  private CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request)
      throws IOException {
    RaftServer.Division division = division(request.getServerRequest());
    votes.heard(request, division.getInfo().getCurrentTerm());
    AppendEntriesRequestProto append = AppendGuard.withCheckedCommit(request);
    // A heartbeat acknowledges no entry, and must not wait behind one.
    return append.getEntriesCount() == 0
        ? server.appendEntriesAsync(append)
        : appends.append(append, server, division);
  }

  /**
   * Waits, at a start, until it is there. From then on Ratis runs appends in the caller's thread.
   */
  private RaftServer.Division division(RaftRpcRequestProto request) throws IOException {
    return server.getDivision(ProtoUtils.toRaftGroupId(request.getRaftGroupId()));
  }
}
