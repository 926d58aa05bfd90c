package io.cadastre.server.rpc;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.RequestFrame;
import io.cadastre.core.api.proto.ResponseFrame;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One client's pipelined stream. A frame of calls is one task of the planner pool; answers leave in
 * frames that carry whatever is ready. The next frame is asked for only while fewer than a limit of
 * calls are open, so a client that sends faster than it reads is held back by the network, not by
 * memory.
 */
final class PipelineStream implements StreamObserver<RequestFrame> {
  private static final int FRAME_RESPONSES = 512;

  /** Calls after which the answers so far leave, though the frame holds more. */
  private static final int RUN_OF_CALLS = 64;

  private final ServerCallStreamObserver<ResponseFrame> client;
  private final CallHandler handler;
  private final Executor planner;
  private final Executor responders;
  private final String node;
  private final String address;
  private final int maxOpen;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger owedRequests = new AtomicInteger();
  private final ConcurrentLinkedQueue<CallResponse> ready = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sending = new AtomicInteger();
  private io.cadastre.core.api.proto.Caller lastCaller =
      io.cadastre.core.api.proto.Caller.getDefaultInstance();
  private String lastClusterId = "";
  private volatile boolean finished;
  private volatile boolean clientDone;

  PipelineStream(
      ServerCallStreamObserver<ResponseFrame> client,
      CallHandler handler,
      Executor planner,
      Executor responders,
      String node,
      String address,
      int maxOpen) {
    this.client = client;
    this.handler = handler;
    this.planner = planner;
    this.responders = responders;
    this.node = node;
    this.address = address;
    this.maxOpen = maxOpen;
    client.disableAutoRequest();
    client.setOnReadyHandler(this::scheduleSend);
    client.setOnCancelHandler(() -> finished = true);
    client.request(1);
  }

  @Override
  public void onNext(RequestFrame frame) {
    if (frame.hasCaller()) {
      lastCaller = frame.getCaller();
    }
    if (!frame.getClusterId().isEmpty()) {
      lastClusterId = frame.getClusterId();
    }
    io.cadastre.core.api.proto.Caller caller = lastCaller;
    String clusterId = lastClusterId;
    open.addAndGet(frame.getCallsCount());
    owedRequests.incrementAndGet();
    askForMore();
    try {
      planner.execute(() -> handle(frame, caller, clusterId));
    } catch (RejectedExecutionException e) {
      MetadataException busy =
          new MetadataException(ErrorCode.BUSY, "The master has too many calls in progress");
      for (CallRequest call : frame.getCallsList()) {
        answer(
            CallResponse.newBuilder()
                .setCallId(call.getCallId())
                .setError(ErrorInfos.toProto(busy))
                .build());
      }
    }
  }

  /**
   * Runs the calls of a frame. What is answered meanwhile, most reads are, leaves together behind a
   * run of calls, on this thread: waking another one for each answer would cost more than a lookup.
   */
  private void handle(
      RequestFrame frame, io.cadastre.core.api.proto.Caller caller, String clusterId) {
    int count = frame.getCallsCount();
    for (int from = 0; from < count; from += RUN_OF_CALLS) {
      boolean holding = sending.getAndIncrement() == 0;
      int to = Math.min(count, from + RUN_OF_CALLS);
      try {
        for (int i = from; i < to; i++) {
          handler.handle(frame.getCalls(i), caller, clusterId, address, this::answer);
        }
      } finally {
        if (holding) {
          send();
        }
      }
    }
  }

  private void askForMore() {
    while (open.get() < maxOpen) {
      int owed = owedRequests.get();
      if (owed == 0) {
        return;
      }
      if (owedRequests.compareAndSet(owed, owed - 1)) {
        client.request(1);
      }
    }
  }

  private void answer(CallResponse response) {
    ready.add(response);
    scheduleSend();
  }

  private void scheduleSend() {
    if (sending.getAndIncrement() == 0) {
      try {
        responders.execute(this::send);
      } catch (RejectedExecutionException e) {
        finished = true;
      }
    }
  }

  /**
   * Sends what is ready, as long as the client takes it. One run at a time: whoever moved {@link
   * #sending} from 0.
   */
  private void send() {
    int seen;
    do {
      seen = sending.get();
      while (!finished && !ready.isEmpty() && client.isReady()) {
        ResponseFrame.Builder frame = ResponseFrame.newBuilder().setNode(node);
        CallResponse response;
        while (frame.getResponsesCount() < FRAME_RESPONSES && (response = ready.poll()) != null) {
          frame.addResponses(response);
        }
        client.onNext(frame.build());
        open.addAndGet(-frame.getResponsesCount());
        askForMore();
      }
      if (finished) {
        ready.clear();
      } else if (clientDone && open.get() <= 0) {
        finished = true;
        client.onCompleted();
      }
    } while (!sending.compareAndSet(seen, 0));
  }

  @Override
  public void onError(Throwable failure) {
    finished = true;
    ready.clear();
  }

  @Override
  public void onCompleted() {
    clientDone = true;
    scheduleSend();
  }
}
