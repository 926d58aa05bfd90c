package io.cadastre.client;

import io.cadastre.core.api.StatusMapper;
import io.cadastre.core.api.proto.AdminServiceGrpc;
import io.cadastre.core.api.proto.NodeInfo;
import io.cadastre.core.api.proto.NodeInfoRequest;
import io.cadastre.core.error.MetadataException;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** One master and the connection to it. Thread-safe. */
final class MasterChannel {
  private final String address;
  private final MasterAddress parsed;
  private final IoLoop loop;
  private ManagedChannel channel;
  private boolean closed;

  MasterChannel(String address, IoLoop loop) {
    this.address = address;
    this.parsed = MasterAddress.parse(address);
    this.loop = loop;
    this.channel = loop.connect(parsed);
  }

  /** host:port, as configured or as a master named it. */
  String address() {
    return address;
  }

  synchronized ManagedChannel channel() {
    return channel;
  }

  /**
   * Drops the connection with all calls on it and makes a new one when next used. For a master that
   * takes connections and bytes but does not answer: only a new connection shows when it is back.
   */
  synchronized void reconnect() {
    if (!closed) {
      channel.shutdownNow();
      channel = loop.connect(parsed);
    }
  }

  /**
   * Asks the master what it is.
   *
   * @param answer gets either an answer or an error, on the I/O thread
   */
  void askNodeInfo(Duration timeout, BiConsumer<NodeInfo, MetadataException> answer) {
    ManagedChannel target = channel();
    // A refused connection would otherwise be tried again only after a second or more.
    target.resetConnectBackoff();
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    ClientCalls.asyncUnaryCall(
        target.newCall(AdminServiceGrpc.getGetNodeInfoMethod(), options),
        NodeInfoRequest.getDefaultInstance(),
        new StreamObserver<>() {
          private NodeInfo info;

          @Override
          public void onNext(NodeInfo value) {
            info = value;
          }

          @Override
          public void onError(Throwable failure) {
            loop.run(() -> answer.accept(null, StatusMapper.fromStatus(failure)));
          }

          @Override
          public void onCompleted() {
            loop.run(() -> answer.accept(info, null));
          }
        });
  }

  synchronized void close() {
    closed = true;
    channel.shutdownNow();
  }
}
