package io.cadastre.server.model;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.Caller;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.api.proto.OperationId;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Mutations under operation ids of the test's own, sent to one master after the other until one
 * knows what became of them. What was stored is remembered, to be sent again. Thread-safe.
 */
final class OwnCalls implements AutoCloseable {
  /** Stored mutations that may be sent again; ids before those are acknowledged. */
  static final int KEPT = 64;

  private static final int CALL_MILLIS = 5_000;
  private static final long PATIENCE_NANOS = Cluster.PATIENCE.toNanos();

  /** What a call ended with: done at an index, or refused. */
  record Answer(Optional<ErrorCode> refusal, Done done, long stateIndex, String text) {}

  /** A mutation that was stored, with its first answer. */
  record Sent(Change change, CallRequest request, Answer answer) {}

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final long client;
  private final Consumer<String> log;
  private final Deque<Sent> sent = new ArrayDeque<>();
  private long lastSequence;
  private volatile int leader;

  OwnCalls(List<String> masters, long client, Consumer<String> log) {
    this.log = log;
    this.client = client;
    for (String master : masters) {
      int colon = master.indexOf(':');
      channels.add(
          NettyChannelBuilder.forAddress(
                  master.substring(0, colon), Integer.parseInt(master.substring(colon + 1)))
              .usePlaintext()
              .proxyDetector(address -> null)
              .build());
    }
  }

  /** The request under a new id. */
  synchronized CallRequest identified(CallRequest.Builder request) {
    long oldest = sent.isEmpty() ? 0 : sent.peekFirst().request().getOperationId().getSequence();
    return request
        .setCaller(Caller.newBuilder().setUser(Namespace.USER))
        .setTimeoutMillis(CALL_MILLIS)
        .setAckedBelow(sent.size() < KEPT ? 0 : oldest)
        .setOperationId(
            OperationId.newBuilder()
                .setClient(client)
                .setSequence(++lastSequence)
                .setMintedMillis(System.currentTimeMillis()))
        .build();
  }

  /** Another request under the id of the newest one that was stored. */
  synchronized CallRequest reusing(CallRequest.Builder request) {
    return request
        .setCaller(Caller.newBuilder().setUser(Namespace.USER))
        .setTimeoutMillis(CALL_MILLIS)
        .setOperationId(sent.peekLast().request().getOperationId())
        .build();
  }

  synchronized void remember(Change change, CallRequest request, Answer answer) {
    sent.addLast(new Sent(change, request, answer));
    if (sent.size() > KEPT) {
      sent.removeFirst();
    }
  }

  /** The n-th last of those that were stored, from 0; the oldest if there are not so many. */
  synchronized Sent stored(int back) {
    return List.copyOf(sent).get(Math.max(0, sent.size() - 1 - back));
  }

  /** Who is to be asked next. */
  void findLeader(int member) {
    leader = member;
  }

  /** Sends a request until somebody says what became of it, and the store could be asked. */
  Answer settle(CallRequest request) {
    return settle(request, false);
  }

  /** Likewise; that the store does not answer is an answer too. */
  Answer settleOrUnavailable(CallRequest request) {
    return settle(request, true);
  }

  private Answer settle(CallRequest request, boolean mayBeUnavailable) {
    long giveUp = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      Answer answer = once(request, CALL_MILLIS);
      boolean settled =
          answer.refusal().isEmpty()
              || (answer.refusal().get().fault() != ErrorCode.Fault.CLUSTER
                  && (mayBeUnavailable || answer.refusal().get() != ErrorCode.STORE_UNAVAILABLE));
      if (settled || System.nanoTime() - giveUp >= 0) {
        return answer;
      }
      log.accept("   again: " + answer.text());
      pause();
    }
  }

  /** Sends a request to the master that led last, once. */
  Answer once(CallRequest request, int millis) {
    int master = leader;
    try {
      CallResponse response =
          MetadataServiceGrpc.newBlockingStub(channels.get(master))
              .withDeadlineAfter(millis + 1_000L, TimeUnit.MILLISECONDS)
              .call(request.toBuilder().setTimeoutMillis(millis).build());
      if (!response.hasError()) {
        return new Answer(
            Optional.empty(),
            response.getDone(),
            response.getServed().getStateIndex(),
            "done " + text(response.getDone()) + " at " + response.getServed().getStateIndex());
      }
      MetadataException error = ErrorInfos.toException(response.getError());
      if (error.code().retry() == ErrorCode.Retry.ELSEWHERE
          || error.code() == ErrorCode.OUTCOME_UNKNOWN) {
        leader = (master + 1) % channels.size();
      }
      return refused(error.code(), error.getMessage());
    } catch (StatusRuntimeException e) {
      leader = (master + 1) % channels.size();
      return refused(ErrorCode.UNAVAILABLE, e.getMessage());
    }
  }

  private static Answer refused(ErrorCode code, String text) {
    return new Answer(Optional.of(code), Done.getDefaultInstance(), 0, code + ": " + text);
  }

  private static String text(Done done) {
    return "inode " + done.getInodeId() + (done.getRepeated() ? ", repeated," : "");
  }

  /** Between two questions who leads. */
  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
