package io.cadastre.bench.yardstick;

import io.cadastre.bench.cluster.ProcessUsage;
import io.cadastre.bench.load.BlockingLoad;
import io.cadastre.bench.load.LoadResult;
import io.cadastre.bench.report.Figure;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.RequestFrame;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import org.HdrHistogram.Histogram;

/**
 * gRPC without anything behind it: an echo server as a process, and callers in this one. The same
 * transport, executors and sizes as between client and master. For one thread.
 */
public final class Echo implements AutoCloseable {
  private final ChildProcess server;
  private final ManagedChannel channel;

  public Echo(int port) throws IOException {
    server = new ChildProcess(EchoServer.class, List.of(Integer.toString(port)));
    server.await("READY");
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .directExecutor()
            .usePlaintext()
            .disableRetry()
            .build();
  }

  /** One unary call a message. */
  public Figure unary(int callers, Duration time) throws InterruptedException {
    return measured("echo, unary", callers, 1, () -> new UnaryLoop(time).run(callers));
  }

  /** One stream, a call a message. */
  public Figure stream(int callers, Duration time) throws InterruptedException {
    return measured(
        "echo, stream",
        callers,
        1,
        () -> new StreamLoop<>(EchoMethods.STREAM, EchoMethods::request, 1, time).run(callers));
  }

  /**
   * One stream, a call a message, and callers that are threads, each of which sends its message
   * itself and waits for its answer.
   */
  public Figure streamOfThreads(int callers, Duration time) throws InterruptedException {
    return measured("echo, stream, threads", callers, 1, () -> new ThreadStream(callers).run(time));
  }

  /** One stream, frames of this many calls, each frame answered by a frame. */
  public Figure frames(int callers, int frame, Duration time) throws InterruptedException {
    LongFunction<RequestFrame> frames =
        callId -> {
          RequestFrame.Builder builder = RequestFrame.newBuilder();
          for (int i = 0; i < frame; i++) {
            builder.addCalls(EchoMethods.request(callId + i));
          }
          return builder.build();
        };
    return measured(
        "echo, stream, frames of " + frame,
        callers,
        1,
        () ->
            new StreamLoop<>(EchoMethods.FRAMES, frames, frame, time)
                .run(Math.max(1, callers / frame)));
  }

  private interface Run {
    LoadResult run() throws InterruptedException;
  }

  private Figure measured(String name, int callers, int batch, Run run)
      throws InterruptedException {
    long own = ProcessHandle.current().pid();
    long serverBefore = ProcessUsage.cpuMicros(server.pid());
    long clientBefore = ProcessUsage.cpuMicros(own);
    LoadResult result = run.run();
    return Figure.of(
        name,
        callers,
        batch,
        "operations",
        result,
        ProcessUsage.cpuMicros(server.pid()) - serverBefore,
        -1,
        ProcessUsage.cpuMicros(own) - clientBefore,
        ProcessUsage.loadAverage());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }

  /** What both loops count. Answers come on one event loop. */
  private abstract static class Loop {
    final Histogram latencies = new Histogram(60_000_000_000L, 3);
    final long endNanos;
    long answered;
    Throwable error;

    Loop(Duration time) {
      this.endNanos = System.nanoTime() + time.toNanos();
    }

    synchronized void answered(long startNanos, int calls) {
      latencies.recordValue(System.nanoTime() - startNanos);
      answered += calls;
    }

    synchronized void failed(Throwable failure) {
      error = failure;
    }

    synchronized LoadResult result(long startNanos) {
      return new LoadResult(
          answered,
          error == null ? 0 : 1,
          Optional.ofNullable(error),
          System.nanoTime() - startNanos,
          latencies);
    }
  }

  private final class UnaryLoop extends Loop {
    private CountDownLatch left;

    UnaryLoop(Duration time) {
      super(time);
    }

    LoadResult run(int callers) throws InterruptedException {
      long start = System.nanoTime();
      left = new CountDownLatch(callers);
      for (int i = 0; i < callers; i++) {
        send();
      }
      left.await();
      return result(start);
    }

    private void send() {
      long start = System.nanoTime();
      if (start - endNanos >= 0) {
        left.countDown();
        return;
      }
      ClientCall<CallRequest, ?> call = channel.newCall(EchoMethods.UNARY, CallOptions.DEFAULT);
      start(
          call,
          new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              if (status.isOk()) {
                answered(start, 1);
                send();
              } else {
                failed(status.asException());
                left.countDown();
              }
            }
          });
      call.request(1);
      call.sendMessage(EchoMethods.request(start));
      call.halfClose();
    }

    private <R> void start(ClientCall<CallRequest, R> call, ClientCall.Listener<?> listener) {
      @SuppressWarnings("unchecked")
      ClientCall.Listener<R> typed = (ClientCall.Listener<R>) listener;
      call.start(typed, new Metadata());
    }
  }

  /** Messages of `calls` calls each; callers take turns, so answers come in order. */
  private final class StreamLoop<Q, R> extends Loop {
    private final MethodDescriptor<Q, R> method;
    private final LongFunction<Q> requests;
    private final int calls;
    private final java.util.ArrayDeque<Long> starts = new java.util.ArrayDeque<>();
    private final CountDownLatch done = new CountDownLatch(1);

    StreamLoop(MethodDescriptor<Q, R> method, LongFunction<Q> requests, int calls, Duration time) {
      super(time);
      this.method = method;
      this.requests = requests;
      this.calls = calls;
    }

    LoadResult run(int messages) throws InterruptedException {
      long start = System.nanoTime();
      ClientCall<Q, R> call = channel.newCall(method, CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(R message) {
              long now = System.nanoTime();
              synchronized (StreamLoop.this) {
                answered(starts.remove(), calls);
                call.request(1);
                if (now - endNanos < 0) {
                  send(call);
                } else if (starts.isEmpty()) {
                  call.halfClose();
                }
              }
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              if (!status.isOk()) {
                failed(status.asException());
              }
              done.countDown();
            }
          },
          new Metadata());
      call.request(32);
      synchronized (this) {
        for (int i = 0; i < messages; i++) {
          send(call);
        }
      }
      done.await();
      return result(start);
    }

    private void send(ClientCall<Q, R> call) {
      long now = System.nanoTime();
      starts.add(now);
      call.sendMessage(requests.apply(now));
    }
  }

  /** Caller n waits at semaphore n; its call id is n, so its answer finds it. */
  private final class ThreadStream {
    private final Semaphore[] answered;
    private final AtomicInteger next = new AtomicInteger();
    private final ClientCall<CallRequest, CallResponse> call =
        channel.newCall(EchoMethods.STREAM, CallOptions.DEFAULT);

    ThreadStream(int callers) {
      answered = new Semaphore[callers];
      Arrays.setAll(answered, i -> new Semaphore(0));
    }

    LoadResult run(Duration time) throws InterruptedException {
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(CallResponse response) {
              call.request(1);
              answered[(int) response.getCallId()].release();
            }
          },
          new Metadata());
      call.request(answered.length);
      ThreadLocal<Integer> caller = ThreadLocal.withInitial(next::getAndIncrement);
      LoadResult result = BlockingLoad.run(() -> once(caller.get()), answered.length, time);
      call.halfClose();
      return result;
    }

    private long once(int caller) {
      CallRequest request = EchoMethods.request(caller);
      synchronized (call) {
        call.sendMessage(request);
      }
      answered[caller].acquireUninterruptibly();
      return 1;
    }
  }
}
