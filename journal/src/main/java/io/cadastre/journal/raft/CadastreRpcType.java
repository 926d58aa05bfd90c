package io.cadastre.journal.raft;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/**
 * Ratis over gRPC with our own log appenders ({@link CadastreLogAppender}) and checked answers to
 * other members ({@link GuardedServer}). Ratis finds a type by the name of its class, so this class
 * is public and has a constructor without arguments; nobody else uses it.
 */
public final class CadastreRpcType implements RpcType {
  private static final String LEASE = "cadastre.lease";

  /** Called by Ratis, by reflection. */
  public CadastreRpcType() {}

  static void putLease(Parameters parameters, LeaseClock lease) {
    parameters.put(LEASE, lease, LeaseClock.class);
  }

  @Override
  public String name() {
    return CadastreRpcType.class.getName();
  }

  @Override
  public RpcFactory newFactory(Parameters parameters) {
    return new Factory(parameters);
  }

  private static final class Factory extends GrpcFactory {
    private final LeaseClock lease;

    Factory(Parameters parameters) {
      super(parameters);
      this.lease = parameters.get(LEASE, LeaseClock.class);
    }

    @Override
    public GrpcServices newRaftServerRpc(RaftServer server) {
      return super.newRaftServerRpc(GuardedServer.around(server));
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division server, LeaderState state, FollowerInfo follower) {
      return CadastreLogAppender.of(server, state, follower, lease);
    }
  }
}
