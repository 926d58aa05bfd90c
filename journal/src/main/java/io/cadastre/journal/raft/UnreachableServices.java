package io.cadastre.journal.raft;

import java.util.EnumSet;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.netty.channel.DefaultEventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.EventLoopGroup;
import org.apache.ratis.thirdparty.io.netty.channel.local.LocalAddress;
import org.apache.ratis.thirdparty.io.netty.channel.local.LocalServerChannel;
import org.apache.ratis.thirdparty.io.netty.util.concurrent.DefaultThreadFactory;

/**
 * Takes Ratis' client and admin services off the network: whoever reaches them could write the log
 * or change the members. Ratis cannot leave them out. With ports of their own they are servers of
 * their own; here such a server gets no service and listens inside this process only, so that it
 * needs no port either: one that is taken would make Ratis end the process.
 */
final class UnreachableServices implements GrpcServices.Customizer, AutoCloseable {
  private final EventLoopGroup threads =
      new DefaultEventLoopGroup(1, new DefaultThreadFactory("raft-unreachable", true));

  @Override
  public NettyServerBuilder customize(
      NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
    if (types.contains(GrpcServices.Type.SERVER)) {
      return builder;
    }
    return NettyServerBuilder.forAddress(new LocalAddress(UnreachableServices.class))
        .channelType(LocalServerChannel.class)
        .bossEventLoopGroup(threads)
        .workerEventLoopGroup(threads);
  }

  @Override
  public void close() {
    threads.shutdownGracefully();
  }
}
