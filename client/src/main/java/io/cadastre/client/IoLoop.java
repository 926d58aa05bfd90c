package io.cadastre.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one I/O thread of a client: it reads and writes the sockets, completes futures, and is where
 * all state of the client changes. Nothing may block on it.
 */
final class IoLoop implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(IoLoop.class);
  private static final int KEEP_ALIVE_SECONDS = 20;
  private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 5;
  private static final long CLOSE_SECONDS = 5;

  private final Class<? extends Channel> socketType;
  private final MultiThreadIoEventLoopGroup group;
  private final EventLoop loop;

  IoLoop() {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory factory = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    socketType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("cadastre-client", true), factory);
    loop = group.next();
  }

  boolean inLoop() {
    return loop.inEventLoop();
  }

  /**
   * Runs the task later on this thread, in the order of the calls.
   *
   * @throws RejectedExecutionException once the client is closed
   */
  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }

  /** Runs the task now if this is the thread, else as {@link #execute}. For gRPC's callbacks. */
  void run(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
      return;
    }
    later(task);
  }

  /** As {@link #execute}, from any thread; nothing once the client is closed. */
  void later(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("An event of the transport came after the client was closed");
    }
  }

  /** Runs the task on this thread after the pause. Only from this thread. */
  void schedule(Runnable task, long pauseNanos) {
    loop.schedule(task, pauseNanos, TimeUnit.NANOSECONDS);
  }

  /** A channel whose callbacks come on this thread. It connects when first used. */
  ManagedChannel connect(MasterAddress address) {
    return NettyChannelBuilder.forAddress(address.host(), address.port())
        .eventLoopGroup(group)
        .channelType(socketType)
        .directExecutor()
        .usePlaintext()
        .proxyDetector(target -> null)
        .disableRetry()
        .disableServiceConfigLookUp()
        .maxInboundMessageSize(ClientSettings.MAX_INBOUND_BYTES)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .build();
  }

  /** Runs what is queued, then ends the thread; waits for that unless called on the thread. */
  void close() {
    group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    if (!inLoop()) {
      group.terminationFuture().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
