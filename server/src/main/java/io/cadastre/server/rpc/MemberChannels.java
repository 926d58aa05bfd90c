package io.cadastre.server.rpc;

import io.cadastre.core.api.proto.AdminServiceGrpc;
import io.cadastre.core.config.ClusterMember;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Connections to other members' admin services, for a few questions. Used by one thread. */
final class MemberChannels implements AutoCloseable {
  private static final long ASK_MILLIS = 2_000;

  private final Map<String, ManagedChannel> channels = new HashMap<>();

  /** The member's admin service, for one call. */
  AdminServiceGrpc.AdminServiceBlockingStub admin(ClusterMember member) {
    ManagedChannel channel =
        channels.computeIfAbsent(
            member.name(),
            name ->
                NettyChannelBuilder.forAddress(member.host(), member.rpcPort())
                    .usePlaintext()
                    .proxyDetector(address -> null)
                    .build());
    return AdminServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(ASK_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
  }
}
