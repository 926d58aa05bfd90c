package io.cadastre.server.rpc;

import io.cadastre.core.api.FrameLimits;
import io.cadastre.core.api.StatusMapper;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.RequestFrame;
import io.cadastre.core.api.proto.ResponseFrame;
import io.cadastre.core.error.MetadataException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One client's pipelined stream. A frame of calls is a task of the planner pool, which runs them in
 * their order; one of lookups, which need none, is cut into several. Answers leave in frames that
 * carry whatever is ready. The next frame is asked for only while fewer than a limit of calls are
 * open and few bytes of answers wait to be read, so a client that sends faster than it reads is
 * held back by the network, not by memory. What all clients together have too many of is answered
 * BUSY.
 */
final class PipelineStream implements StreamObserver<RequestFrame> {
  private static final int FRAME_RESPONSES = 512;

  /** Answers that may wait for the client to read them before no more is asked of it. */
  private static final long MOST_READY_BYTES = 4 << 20;

  /**
   * Calls whose answers leave together, and lookups of a task. Fewer cost more frames of answers;
   * with more, one thread looks up while the others, and the client, wait for it. Under 128 callers
   * of stat on two processors 32 gave the most of 8, 16, 32 and 64.
   */
  private static final int RUN_OF_CALLS = 32;

  private final ServerCallStreamObserver<ResponseFrame> client;
  private final CallHandler handler;
  private final Executor planner;
  private final Executor responders;
  private final String node;
  private final String address;
  private final int maxOpen;
  private final CallPermits permits;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger owedRequests = new AtomicInteger();
  private final ConcurrentLinkedQueue<CallResponse> ready = new ConcurrentLinkedQueue<>();
  private final AtomicLong readyBytes = new AtomicLong();
  private final AtomicInteger sending = new AtomicInteger();
  private io.cadastre.core.api.proto.Caller lastCaller =
      io.cadastre.core.api.proto.Caller.getDefaultInstance();
  private String lastClusterId = "";
  private volatile boolean finished;
  private volatile boolean clientDone;
  private volatile StatusRuntimeException refusal;

  PipelineStream(
      ServerCallStreamObserver<ResponseFrame> client,
      CallHandler handler,
      Executor planner,
      Executor responders,
      String node,
      String address,
      int maxOpen,
      CallPermits permits) {
    this.client = client;
    this.handler = handler;
    this.planner = planner;
    this.responders = responders;
    this.node = node;
    this.address = address;
    this.maxOpen = maxOpen;
    this.permits = permits;
    client.disableAutoRequest();
    client.setOnReadyHandler(this::scheduleSend);
    client.setOnCancelHandler(() -> finished = true);
    client.request(1);
  }

  @Override
  public void onNext(RequestFrame frame) {
    if (frame.getCallsCount() > FrameLimits.MOST_CALLS) {
      refusal =
          StatusMapper.toStatus(
              MetadataException.invalid(
                  "calls",
                  "a frame has at most "
                      + FrameLimits.MOST_CALLS
                      + " calls, got "
                      + frame.getCallsCount()));
      scheduleSend();
      return;
    }
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
    List<CallRequest> calls = frame.getCallsList();
    if (!permits.take(calls.size())) {
      refuse(calls);
      return;
    }
    int cut = calls.stream().allMatch(PipelineStream::isLookup) ? RUN_OF_CALLS : calls.size();
    for (int from = 0; from < calls.size(); from += cut) {
      List<CallRequest> task = calls.subList(from, Math.min(calls.size(), from + cut));
      try {
        planner.execute(() -> handle(task, caller, clusterId));
      } catch (RejectedExecutionException e) {
        permits.give(task.size());
        refuse(task);
      }
    }
  }

  private static boolean isLookup(CallRequest call) {
    return call.hasGetStatus() || call.hasExists();
  }

  private void refuse(List<CallRequest> calls) {
    for (CallRequest call : calls) {
      answer(CallPermits.busy(call));
    }
  }

  /**
   * Runs calls. What is answered meanwhile, most reads are, leaves together behind a run of them,
   * on this thread: waking another one for each answer would cost more than a lookup.
   */
  private void handle(
      List<CallRequest> calls, io.cadastre.core.api.proto.Caller caller, String clusterId) {
    for (int from = 0; from < calls.size(); from += RUN_OF_CALLS) {
      Run run = new Run();
      try {
        for (CallRequest call : calls.subList(from, Math.min(calls.size(), from + RUN_OF_CALLS))) {
          handler.handle(call, caller, clusterId, address, run);
        }
      } finally {
        run.end();
      }
    }
  }

  /** Gathers what its own thread answers until its end; all else leaves at once. */
  private final class Run implements Consumer<CallResponse> {
    private final Thread thread = Thread.currentThread();
    private List<CallResponse> answers = new ArrayList<>(RUN_OF_CALLS);

    @Override
    public void accept(CallResponse response) {
      if (Thread.currentThread() == thread && answers != null) {
        answers.add(response);
      } else {
        permits.give(1);
        answer(response);
      }
    }

    void end() {
      List<CallResponse> gathered = answers;
      answers = null;
      if (!gathered.isEmpty()) {
        permits.give(gathered.size());
        readyBytes.addAndGet(bytes(gathered));
        ready.addAll(gathered);
        if (sending.getAndIncrement() == 0) {
          send();
        }
      }
    }
  }

  private void askForMore() {
    while (open.get() < maxOpen && readyBytes.get() < MOST_READY_BYTES) {
      int owed = owedRequests.get();
      if (owed == 0) {
        return;
      }
      if (owedRequests.compareAndSet(owed, owed - 1)) {
        client.request(1);
      }
    }
  }

  private static long bytes(List<CallResponse> responses) {
    long bytes = 0;
    for (CallResponse response : responses) {
      bytes += response.getSerializedSize();
    }
    return bytes;
  }

  private void answer(CallResponse response) {
    readyBytes.addAndGet(response.getSerializedSize());
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
        readyBytes.addAndGet(-bytes(frame.getResponsesList()));
        askForMore();
      }
      if (!finished && refusal != null) {
        finished = true;
        client.onError(refusal);
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
