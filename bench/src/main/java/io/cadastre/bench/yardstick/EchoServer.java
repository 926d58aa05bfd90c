package io.cadastre.bench.yardstick;

import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.RequestFrame;
import io.cadastre.core.api.proto.ResponseFrame;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Function;

/**
 * A process of its own: `EchoServer PORT`. Set up as a master's client port is, and answers on the
 * event loop. Ends when its standard input does.
 */
public final class EchoServer {
  private EchoServer() {}

  /** Runs until standard input ends. */
  public static void main(String[] arguments) throws IOException {
    Server server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])))
            .directExecutor()
            .flowControlWindow(4 << 20)
            .addService(
                ServerServiceDefinition.builder(EchoMethods.SERVICE)
                    .addMethod(EchoMethods.UNARY, ServerCalls.asyncUnaryCall(EchoServer::unary))
                    .addMethod(
                        EchoMethods.STREAM,
                        ServerCalls.asyncBidiStreamingCall(
                            client -> answering(client, EchoMethods::answer)))
                    .addMethod(
                        EchoMethods.FRAMES,
                        ServerCalls.asyncBidiStreamingCall(
                            client -> answering(client, EchoServer::frame)))
                    .build())
            .build()
            .start();
    System.out.println("READY");
    while (System.in.read() >= 0) {
      continue;
    }
    server.shutdownNow();
  }

  private static void unary(CallRequest request, StreamObserver<CallResponse> client) {
    client.onNext(EchoMethods.answer(request));
    client.onCompleted();
  }

  private static ResponseFrame frame(RequestFrame frame) {
    ResponseFrame.Builder answer = ResponseFrame.newBuilder().setNode("m1");
    for (CallRequest call : frame.getCallsList()) {
      answer.addResponses(EchoMethods.answer(call));
    }
    return answer.build();
  }

  private static <Q, R> StreamObserver<Q> answering(
      StreamObserver<R> client, Function<Q, R> answers) {
    return new StreamObserver<>() {
      @Override
      public void onNext(Q request) {
        client.onNext(answers.apply(request));
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {
        client.onCompleted();
      }
    };
  }
}
