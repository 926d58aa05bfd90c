package io.cadastre.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.Exists;
import io.cadastre.core.api.proto.RequestFrame;
import io.cadastre.core.api.proto.ResponseFrame;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How much of its clients' calls and answers a master takes into its memory. */
class PipelineLimitsTest {
  private static final int FRAME = 1_000;

  /** Nobody is answered otherwise: the planner keeps what it is given. */
  private static PipelineStream stream(
      TestingReader<ResponseFrame> client, int maxOpen, CallPermits permits) {
    return new PipelineStream(
        client, null, task -> {}, Runnable::run, "m1", "test", maxOpen, permits);
  }

  private static RequestFrame frame() {
    RequestFrame.Builder frame = RequestFrame.newBuilder();
    for (int i = 0; i < FRAME; i++) {
      frame.addCalls(
          CallRequest.newBuilder().setCallId(i).setExists(Exists.newBuilder().setPath("/")));
    }
    return frame.build();
  }

  private static List<CallResponse> answers(TestingReader<ResponseFrame> client) {
    return client.messages.stream().flatMap(m -> m.getResponsesList().stream()).toList();
  }

  @Test
  void whatAllClientsHaveTooManyOfIsBusyUntilOthersAreAnswered() {
    CallPermits permits = new CallPermits(FRAME);
    TestingReader<ResponseFrame> first = new TestingReader<>();
    TestingReader<ResponseFrame> second = new TestingReader<>();
    stream(first, FRAME, permits).onNext(frame());
    PipelineStream late = stream(second, FRAME, permits);

    late.onNext(frame());

    assertThat(answers(first)).isEmpty();
    assertThat(answers(second))
        .hasSize(FRAME)
        .allMatch(answer -> answer.getError().getCode().equals("BUSY"));

    permits.give(1);
    late.onNext(frame());

    assertThat(answers(second)).hasSize(FRAME);
  }

  @Test
  void aFrameIsTakenWholeAndOnlyCallsThatWereTakenCount() {
    CallPermits permits = new CallPermits(10);

    assertThat(permits.take(9)).isTrue();
    assertThat(permits.take(100)).isTrue();
    assertThat(permits.take(1)).isFalse();
    permits.give(99);
    assertThat(permits.take(1)).isFalse();
    permits.give(1);
    assertThat(permits.take(1)).isTrue();
  }

  @Test
  void aClientThatReadsNothingIsAskedForNothing() {
    CallPermits none = new CallPermits(0);
    TestingReader<ResponseFrame> client = new TestingReader<>();
    client.room = 0;
    PipelineStream stream = stream(client, Integer.MAX_VALUE, none);
    RequestFrame frame = frame();
    long sent = 0;

    while (sent < client.requested && sent < 1_000) {
      stream.onNext(frame);
      sent++;
    }

    long bytes = sent * FRAME * CallPermits.busy(frame.getCalls(FRAME - 1)).getSerializedSize();
    assertThat(bytes).isBetween(4L << 20, 5L << 20);

    client.room = Integer.MAX_VALUE;
    client.ready();

    assertThat((long) client.requested).isGreaterThan(sent);
    assertThat(answers(client)).hasSize((int) sent * FRAME);
  }
}
