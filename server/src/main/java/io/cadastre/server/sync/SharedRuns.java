package io.cadastre.server.sync;

import io.cadastre.core.api.proto.SyncOptions;
import io.cadastre.core.path.NamespacePath;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/**
 * Callers that want the same thing share a run, but never one that has begun: it may have asked the
 * store before the call. So whoever comes while a run is under way waits for the next one, which
 * starts when this one ends, with everybody who came meanwhile. Thread-safe.
 */
final class SharedRuns {
  /**
   * What is compared, how deep, and for whom it is fresh enough.
   *
   * @param intervalMillis in force at the path
   * @param below what the caller asks of what lies below it; the default if nothing does
   */
  record Key(
      NamespacePath path,
      SyncDepth depth,
      boolean refresh,
      long intervalMillis,
      SyncOptions below) {}

  /** Begins a run that asks the store no longer than until a moment of `System.nanoTime`. */
  interface Starter extends LongFunction<CompletableFuture<SyncProgress>> {}

  private static final class Runs {
    private CompletableFuture<SyncProgress> next;
    private Starter starter;
    // The latest of all that wait: who gives up earlier does so for itself.
    private long deadlineNanos;
  }

  private final Map<Key, Runs> running = new HashMap<>();

  /** The outcome of a run that begins after this call. */
  CompletableFuture<SyncProgress> join(Key key, long deadlineNanos, Starter starter) {
    synchronized (running) {
      Runs runs = running.get(key);
      if (runs != null) {
        if (runs.next == null) {
          runs.next = new CompletableFuture<>();
          runs.deadlineNanos = deadlineNanos;
        } else if (deadlineNanos - runs.deadlineNanos > 0) {
          runs.deadlineNanos = deadlineNanos;
        }
        runs.starter = starter;
        return runs.next;
      }
      running.put(key, new Runs());
    }
    CompletableFuture<SyncProgress> outcome = new CompletableFuture<>();
    run(key, starter, deadlineNanos, outcome);
    return outcome;
  }

  private void run(
      Key key, Starter starter, long deadlineNanos, CompletableFuture<SyncProgress> outcome) {
    CompletableFuture<SyncProgress> started;
    try {
      started = starter.apply(deadlineNanos);
    } catch (RuntimeException | Error e) {
      started = CompletableFuture.failedFuture(e);
    }
    started.whenComplete(
        (progress, failure) -> {
          CompletableFuture<SyncProgress> next;
          Starter nextStarter;
          long nextDeadlineNanos;
          synchronized (running) {
            Runs runs = running.get(key);
            next = runs.next;
            nextStarter = runs.starter;
            nextDeadlineNanos = runs.deadlineNanos;
            if (next == null) {
              running.remove(key);
            } else {
              runs.next = null;
            }
          }
          // Before the callers go on: they may take their time.
          if (next != null) {
            run(key, nextStarter, nextDeadlineNanos, next);
          }
          if (failure == null) {
            outcome.complete(progress);
          } else {
            outcome.completeExceptionally(failure);
          }
        });
  }
}
