package io.cadastre.server.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.api.StatusMapper;
import io.cadastre.core.error.MetadataException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/**
 * Answers a message that is not the request of its method with INVALID_ARGUMENT and what is wrong
 * with it. gRPC by itself says UNKNOWN and logs a stack trace per message. Stateless.
 */
final class UnreadableRequests {
  private UnreadableRequests() {}

  /** The service with this answer; a message passes as bytes to where it can be caught. */
  static ServerServiceDefinition answered(ServerServiceDefinition service) {
    return ServerInterceptors.intercept(
        ServerInterceptors.useMarshalledMessages(service, new AsTheyCome()), new Catcher());
  }

  /** Hands the bytes through. */
  private static final class AsTheyCome implements Marshaller<InputStream> {
    @Override
    public InputStream stream(InputStream value) {
      return value;
    }

    @Override
    public InputStream parse(InputStream stream) {
      return stream;
    }
  }

  private static final class Catcher implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      return new Caught<>(call, next.startCall(call, headers));
    }
  }

  private static final class Caught<Q> extends SimpleForwardingServerCallListener<Q> {
    private final ServerCall<Q, ?> call;
    private boolean refused;

    Caught(ServerCall<Q, ?> call, ServerCall.Listener<Q> next) {
      super(next);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      if (refused) {
        return;
      }
      try {
        super.onMessage(message);
      } catch (StatusRuntimeException e) {
        if (!(e.getCause() instanceof InvalidProtocolBufferException cause)) {
          throw e;
        }
        refused = true;
        StatusRuntimeException answer =
            StatusMapper.toStatus(
                MetadataException.invalid(
                    "request",
                    "the bytes are not the request message of "
                        + call.getMethodDescriptor().getFullMethodName()
                        + " ("
                        + cause.getMessage()
                        + ")"));
        call.close(answer.getStatus(), answer.getTrailers());
      }
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }
  }
}
