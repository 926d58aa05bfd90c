package io.cadastre.client;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The border between the caller's threads and the client's I/O thread: takes calls into a bounded
 * lock-free queue, wakes the I/O thread at most once for all that queue up meanwhile, and lets
 * callers wait. Thread-safe.
 */
final class CallEngine {
  /** The largest single call in bytes; masters refuse more than their own, lower, record limit. */
  static final int MAX_CALL_BYTES = 2 << 20;

  private final ClientSettings settings;
  private final IoLoop loop = new IoLoop();
  private final Masters masters;
  private final SeenIndex seen = new SeenIndex();
  private final CallDispatcher dispatcher;
  private final ConcurrentLinkedQueue<PendingCall<?>> submitted = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicInteger outstanding = new AtomicInteger();
  private volatile boolean closed;

  CallEngine(ClientSettings settings) {
    this.settings = settings;
    this.masters = new Masters(settings.masters(), loop);
    this.dispatcher =
        new CallDispatcher(settings, loop, masters, seen, done -> outstanding.decrementAndGet());
  }

  ClientSettings settings() {
    return settings;
  }

  Masters masters() {
    return masters;
  }

  SeenIndex seen() {
    return seen;
  }

  /** The master of this address, configured or not. */
  MasterChannel master(String address) {
    return masters.get(address);
  }

  <T> CompletableFuture<Answer<T>> submit(Operation<T> operation, CallSettings call) {
    CompletableFuture<Answer<T>> answer = send(operation, call);
    return settings.callbackExecutor() == null
        ? answer
        : Completion.on(settings.callbackExecutor(), answer);
  }

  <T> Answer<T> await(Operation<T> operation, CallSettings call) {
    refuseOnLoop();
    CompletableFuture<Answer<T>> answer = send(operation, call);
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw (MetadataException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CallErrors.interrupted(operation.mutation());
    }
  }

  long lastSeenIndex() {
    return seen.get();
  }

  /**
   * The leader, waiting for one if none is known.
   *
   * @throws MetadataException UNAVAILABLE if none is found within the time
   */
  Leader leader(Duration timeout) {
    return awaitLeader(
        timeout,
        found -> {
          Leader leader = dispatcher.finder().current();
          if (leader != null) {
            found.complete(leader);
          } else {
            dispatcher.waiters().add(found);
            dispatcher.finder().search();
          }
        });
  }

  /**
   * Asks all masters whether this leader still leads, and gives the one that does. For a stream
   * that went silent. Ends with the time if neither it nor another one says that it leads.
   */
  Leader verify(Leader doubtful, Duration timeout) {
    return awaitLeader(
        timeout,
        found -> {
          Leader leader = dispatcher.finder().current();
          if (leader != null && !leader.master().equals(doubtful.master())) {
            found.complete(leader);
            return;
          }
          dispatcher.waiters().add(found);
          dispatcher.finder().doubt();
          dispatcher.finder().search();
        });
  }

  /** A master said that it does not lead, or broke off. */
  void lost(MasterChannel master, String hint) {
    loop.later(() -> dispatcher.finder().lost(master, hint));
  }

  /** Fails a blocking call on the I/O thread, which would wait for itself. */
  void refuseOnLoop() {
    if (loop.inLoop()) {
      throw new IllegalStateException(
          "A blocking call from a callback on the client's I/O thread would never return; "
              + "use the futures there, or set a callbackExecutor");
    }
  }

  void close() {
    closed = true;
    loop.later(
        () -> {
          dispatcher.close();
          drain();
          masters.close();
        });
    loop.close();
  }

  private <T> CompletableFuture<Answer<T>> send(Operation<T> operation, CallSettings call) {
    int size = operation.request().getSerializedSize();
    if (size > MAX_CALL_BYTES) {
      return CompletableFuture.failedFuture(
          new MetadataException(ErrorCode.TOO_LARGE, "The call is too large; send less in one call")
              .with("bytes", size)
              .with("limit", MAX_CALL_BYTES));
    }
    if (outstanding.incrementAndGet() > settings.maxOutstanding()) {
      outstanding.decrementAndGet();
      return CompletableFuture.failedFuture(CallErrors.busy(settings.maxOutstanding()));
    }
    PendingCall<T> pending = new PendingCall<>(operation, call, System.nanoTime());
    submitted.add(pending);
    if (closed || !schedule()) {
      failSubmitted();
    }
    return pending.future;
  }

  /** Wakes the I/O thread unless it is on its way; false once it has ended. */
  private boolean schedule() {
    if (scheduled.compareAndSet(false, true)) {
      try {
        loop.execute(this::drain);
      } catch (RejectedExecutionException e) {
        return false;
      }
    }
    return true;
  }

  private void drain() {
    scheduled.set(false);
    PendingCall<?> call;
    while ((call = submitted.poll()) != null) {
      dispatcher.admit(call);
    }
    dispatcher.flush();
  }

  private void failSubmitted() {
    PendingCall<?> call;
    while ((call = submitted.poll()) != null) {
      outstanding.decrementAndGet();
      call.future.completeExceptionally(CallErrors.closed());
    }
  }

  private interface LeaderRequest {
    void ask(CompletableFuture<Leader> found);
  }

  private Leader awaitLeader(Duration timeout, LeaderRequest request) {
    refuseOnLoop();
    CompletableFuture<Leader> found = new CompletableFuture<>();
    try {
      loop.execute(() -> request.ask(found));
      return found.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      throw CallErrors.closed();
    } catch (ExecutionException e) {
      throw (MetadataException) e.getCause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CallErrors.interrupted(false);
    } catch (TimeoutException e) {
      throw new MetadataException(
              ErrorCode.UNAVAILABLE,
              "No master leads, or none that does could be reached; check that a majority of the"
                  + " masters is running, and their addresses")
          .with("masters", dispatcher.finder().lastWords());
    } finally {
      found.cancel(false);
    }
  }
}
