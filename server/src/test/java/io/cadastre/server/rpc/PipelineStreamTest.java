package io.cadastre.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.api.FrameLimits;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.Caller;
import io.cadastre.core.api.proto.CreateDirectory;
import io.cadastre.core.api.proto.Exists;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.api.proto.OperationId;
import io.cadastre.core.api.proto.RequestFrame;
import io.cadastre.core.api.proto.ResponseFrame;
import io.cadastre.server.testing.TestMaster;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Frames as they go over the wire, without the client's own order and retries. */
@Timeout(60)
class PipelineStreamTest {
  private static final int CALLS = 200;
  private static final int ROUNDS = 20;

  private TestMaster master;
  private ManagedChannel channel;

  @BeforeEach
  void start(@TempDir Path directory) {
    master = TestMaster.in(directory).start();
    master.client().exists("/");
    channel = NettyChannelBuilder.forTarget(master.address()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    master.close();
  }

  /** Each needs the one before it: run at the same time, some would not find their parent. */
  @Test
  void changesOfOneFrameRunInItsOrder() throws Exception {
    long minted = System.currentTimeMillis();
    long sequence = 1;
    for (int round = 0; round < ROUNDS; round++) {
      RequestFrame.Builder frame = frame();
      StringBuilder path = new StringBuilder("/r" + round);
      for (int i = 0; i < CALLS; i++) {
        frame.addCalls(
            CallRequest.newBuilder()
                .setCallId(i)
                .setOperationId(
                    OperationId.newBuilder()
                        .setMintedMillis(minted)
                        .setClient(7)
                        .setSequence(sequence++))
                .setCreateDirectory(CreateDirectory.newBuilder().setPath(path.toString())));
        path.append("/d");
      }

      assertThat(answersTo(frame.build())).hasSize(CALLS).noneMatch(CallResponse::hasError);
    }
  }

  @Test
  void eachLookupOfAFrameIsAnsweredOnce() throws Exception {
    RequestFrame.Builder frame = frame();
    for (int i = 0; i < CALLS; i++) {
      frame.addCalls(
          CallRequest.newBuilder().setCallId(i).setExists(Exists.newBuilder().setPath("/")));
    }

    List<CallResponse> answers = answersTo(frame.build());

    assertThat(answers).noneMatch(CallResponse::hasError);
    assertThat(answers.stream().map(CallResponse::getCallId))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, CALLS).mapToObj(Long::valueOf).toList());
  }

  @Test
  void aFrameOfTooManyCallsEndsItsStream() {
    RequestFrame.Builder frame = frame();
    for (int i = 0; i <= FrameLimits.MOST_CALLS; i++) {
      frame.addCalls(
          CallRequest.newBuilder().setCallId(i).setExists(Exists.newBuilder().setPath("/")));
    }

    assertThatThrownBy(() -> answersTo(frame.build()))
        .hasCauseInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("at most 4096 calls, got 4097");
  }

  private static RequestFrame.Builder frame() {
    return RequestFrame.newBuilder().setCaller(Caller.newBuilder().setUser("admin"));
  }

  private List<CallResponse> answersTo(RequestFrame frame) throws Exception {
    CompletableFuture<List<CallResponse>> answers = new CompletableFuture<>();
    List<CallResponse> heard = new ArrayList<>();
    StreamObserver<RequestFrame> stream =
        MetadataServiceGrpc.newStub(channel)
            .pipeline(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ResponseFrame some) {
                    heard.addAll(some.getResponsesList());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answers.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    answers.complete(heard);
                  }
                });
    stream.onNext(frame);
    stream.onCompleted();
    return answers.get(30, TimeUnit.SECONDS);
  }
}
