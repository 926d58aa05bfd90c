package io.cadastre.server.transaction;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Operations that have begun and are not settled. A second call with the same id joins the first
 * one. Callers stop waiting at their deadlines; an operation that was submitted, and its locks, do
 * not. Thread-safe.
 */
final class InFlightOperations {
  private static final long FAR_NANOS = Long.MAX_VALUE / 2;

  private record Id(long client, long sequence) {}

  /** One caller that waits for one operation. Not a record: a set of these must not hash them. */
  private static final class Waiting {
    final Attempt attempt;
    final CompletableFuture<Applied> answer = new CompletableFuture<>();
    final long deadlineNanos;

    Waiting(Attempt attempt, long deadlineNanos) {
      this.attempt = attempt;
      this.deadlineNanos = deadlineNanos;
    }
  }

  private final ConcurrentHashMap<Id, Attempt> byId = new ConcurrentHashMap<>();
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicLong earliest = new AtomicLong(System.nanoTime() + FAR_NANOS);
  private volatile boolean closed;

  /** One operation on its way; its future completes once its fate is known. */
  static final class Attempt {
    final String user;
    final byte[] digest;
    final CompletableFuture<Applied> outcome = new CompletableFuture<>();
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

    /** Somebody else waits for it too. */
    private volatile boolean joined;

    private enum State {
      /** Nothing was done yet. */
      OPEN,
      /** It may take effect even if nobody waits any more. */
      SUBMITTED,
      /** Its callers are told that nothing was done. */
      EXPIRED
    }

    Attempt(CallContext call) {
      this.user = call.caller().user();
      this.digest = call.digest();
    }

    /**
     * Asked once, right before anything is done.
     *
     * @return false if nothing must be done any more, since the callers are told so
     */
    boolean submit() {
      return state.compareAndSet(State.OPEN, State.SUBMITTED);
    }

    /** Gives it up, unless it was submitted: then it says false. */
    private boolean expire() {
      return state.compareAndSet(State.OPEN, State.EXPIRED) || state.get() == State.EXPIRED;
    }
  }

  /**
   * Joins the operation with this id, or returns null after registering `fresh` as the one to join.
   */
  Attempt joinOrRegister(CallContext call, Attempt fresh) {
    Id id = id(call);
    Attempt running = byId.putIfAbsent(id, fresh);
    if (running == null) {
      fresh.outcome.whenComplete((applied, failure) -> byId.remove(id, fresh));
      return null;
    }
    OperationTable.checkSame(running.user, running.digest, call.caller().user(), call.digest());
    running.joined = true;
    return running;
  }

  /** Whether there is an operation to join. */
  boolean isRunning(CallContext call) {
    return byId.containsKey(id(call));
  }

  private static Id id(CallContext call) {
    return new Id(call.operationId().getClient(), call.operationId().getSequence());
  }

  /** A future for one caller, which gives up at the deadline while the operation goes on. */
  CompletableFuture<Applied> await(Attempt attempt, long deadlineNanos) {
    if (attempt.outcome.isDone()) {
      return attempt.outcome;
    }
    Waiting entry = new Waiting(attempt, deadlineNanos);
    CompletableFuture<Applied> answer = entry.answer;
    waiting.add(entry);
    atLatest(deadlineNanos);
    attempt.outcome.whenComplete(
        (applied, failure) -> {
          waiting.remove(entry);
          if (failure == null) {
            answer.complete(applied);
          } else {
            answer.completeExceptionally(failure);
          }
        });
    if (closed) {
      expire(entry);
    }
    return answer;
  }

  /** Operations that somebody waits for. */
  int size() {
    return waiting.size();
  }

  /** Answers those whose deadline has passed. Cheap while no deadline can have. */
  void sweep(long nowNanos) {
    if (nowNanos - earliest.get() < 0) {
      return;
    }
    // First this, so that the deadline of one who comes while we look is not forgotten.
    earliest.set(nowNanos + FAR_NANOS);
    for (Waiting entry : waiting) {
      if (nowNanos - entry.deadlineNanos >= 0) {
        expire(entry);
      } else {
        atLatest(entry.deadlineNanos);
      }
    }
  }

  private void atLatest(long deadlineNanos) {
    if (deadlineNanos - earliest.get() < 0) {
      earliest.accumulateAndGet(deadlineNanos, (a, b) -> a - b < 0 ? a : b);
    }
  }

  /**
   * Ends the wait of one caller, and with it the operation if nothing was done yet. Not if others
   * wait for it as well: they may have more time. A term that is over leaves nobody any.
   */
  private void expire(Waiting entry) {
    Attempt attempt = entry.attempt;
    if ((closed || !attempt.joined) && attempt.expire()) {
      // Answers the caller, and frees the id for another attempt.
      attempt.outcome.completeExceptionally(
          closed
              ? new MetadataException(
                  ErrorCode.NOT_LEADER,
                  "This master's term as leader was over before anything was done")
              : new MetadataException(
                  ErrorCode.DEADLINE_EXCEEDED, "The deadline passed before anything was done"));
    } else {
      waiting.remove(entry);
      entry.answer.completeExceptionally(
          unknown(
              "The operation was not decided before "
                  + (closed ? "this master's term as leader was over" : "the deadline")));
    }
  }

  static MetadataException unknown(String text) {
    return new MetadataException(
        ErrorCode.OUTCOME_UNKNOWN,
        text + "; it may still take effect. Ask again with the same operation id");
  }

  /** Term over: whoever still waits will get no answer here. */
  void close() {
    closed = true;
    for (Waiting entry : waiting) {
      expire(entry);
    }
  }
}
