package io.cadastre.server.rpc;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.server.namespace.NamespaceService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The master's client port. Handlers run on the event loop (direct executor) and hand over at once.
 */
public final class RpcServer implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  /**
   * @param maxOpenCalls calls that may be in progress, of all clients together; one client's stream
   *     is held back at half of them
   * @param defaultTimeoutMillis for calls that do not say
   */
  public record Settings(
      String bindAddress,
      int port,
      String node,
      String clusterId,
      int maxOpenCalls,
      long defaultTimeoutMillis) {}

  private final Server server;
  private final AuditLog audit;
  private final Settings settings;

  /**
   * @param audit closed with this, last
   */
  public RpcServer(
      Settings settings,
      NamespaceService namespace,
      AdminGrpcService admin,
      CallerResolver callers,
      MetadataGrpcService.Executors executors,
      AuditLog audit,
      Metrics metrics) {
    this.settings = settings;
    this.audit = audit;
    CallHandler handler =
        new CallHandler(
            namespace,
            callers,
            settings.clusterId(),
            settings.defaultTimeoutMillis(),
            metrics,
            audit);
    MetadataGrpcService metadata =
        new MetadataGrpcService(
            handler,
            namespace,
            callers,
            executors,
            audit,
            settings.node(),
            settings.clusterId(),
            settings.maxOpenCalls(),
            settings.defaultTimeoutMillis());
    this.server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(settings.bindAddress(), settings.port()))
            .directExecutor()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .flowControlWindow(4 << 20)
            .intercept(new RemoteAddressInterceptor())
            .addService(UnreadableRequests.answered(metadata.definition()))
            .addService(UnreadableRequests.answered(admin.bindService()))
            .build();
  }

  /**
   * Opens the port.
   *
   * @throws MetadataException UNAVAILABLE if it cannot be bound
   */
  public void start() {
    try {
      server.start();
    } catch (IOException e) {
      throw new MetadataException(
              ErrorCode.UNAVAILABLE, "Cannot open the client port; is another process using it?", e)
          .with("address", settings.bindAddress() + ":" + settings.port())
          .with("cause", e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    }
  }

  /** Breaks all connections; does not wait for calls. */
  public void closeAtOnce() {
    server.shutdownNow();
    audit.close();
  }

  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
        server.shutdownNow();
        server.awaitTermination(2, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    audit.close();
  }

  private static final class RemoteAddressInterceptor implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
      String address =
          remote instanceof InetSocketAddress inet
              ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
              : String.valueOf(remote);
      return Contexts.interceptCall(
          Context.current().withValue(MetadataGrpcService.RemoteAddress.KEY, address),
          call,
          headers,
          next);
    }
  }
}
