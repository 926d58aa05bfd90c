package io.cadastre.server.badinput;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** Sends any bytes to any method of a master's client port. */
final class Wire implements AutoCloseable {
  private static final int MOST = 64 << 20;

  private final ManagedChannel channel;

  Wire(String address) {
    channel =
        NettyChannelBuilder.forTarget(address).usePlaintext().maxInboundMessageSize(MOST).build();
  }

  /**
   * The answer's bytes.
   *
   * @param method such as cadastre.api.MetadataService/Call
   * @throws io.grpc.StatusRuntimeException if it is refused
   */
  byte[] call(String method, byte[] request) {
    return ClientCalls.blockingUnaryCall(
        channel, descriptor(method, MethodType.UNARY), options(), request);
  }

  /** The first message of a streamed answer. */
  byte[] first(String method, byte[] request) {
    return ClientCalls.blockingServerStreamingCall(
            channel, descriptor(method, MethodType.SERVER_STREAMING), options(), request)
        .next();
  }

  private static CallOptions options() {
    return CallOptions.DEFAULT
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .withMaxOutboundMessageSize(MOST);
  }

  private static MethodDescriptor<byte[], byte[]> descriptor(String method, MethodType type) {
    return MethodDescriptor.newBuilder(new Bytes(), new Bytes())
        .setType(type)
        .setFullMethodName(method)
        .build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
