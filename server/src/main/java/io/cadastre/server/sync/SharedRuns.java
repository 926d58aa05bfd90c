package io.cadastre.server.sync;

import io.cadastre.core.path.NamespacePath;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Callers that want the same thing share a run, but never one that has begun: it may have asked the
 * store before the call. So whoever comes while a run is under way waits for the next one, which
 * starts when this one ends, with everybody who came meanwhile. Thread-safe.
 */
final class SharedRuns {
  /** What is compared, how deep, and for whom it is fresh enough. */
  record Key(NamespacePath path, SyncDepth depth, boolean refresh, long intervalMillis) {}

  private static final class Runs {
    private CompletableFuture<SyncProgress> next;
    // Of the newest caller: its deadline is the latest.
    private Supplier<CompletableFuture<SyncProgress>> starter;
  }

  private final Map<Key, Runs> running = new HashMap<>();

  /** The outcome of a run that begins after this call. */
  CompletableFuture<SyncProgress> join(Key key, Supplier<CompletableFuture<SyncProgress>> starter) {
    synchronized (running) {
      Runs runs = running.get(key);
      if (runs != null) {
        if (runs.next == null) {
          runs.next = new CompletableFuture<>();
        }
        runs.starter = starter;
        return runs.next;
      }
      running.put(key, new Runs());
    }
    CompletableFuture<SyncProgress> outcome = new CompletableFuture<>();
    run(key, starter, outcome);
    return outcome;
  }

  private void run(
      Key key,
      Supplier<CompletableFuture<SyncProgress>> starter,
      CompletableFuture<SyncProgress> outcome) {
    CompletableFuture<SyncProgress> started;
    try {
      started = starter.get();
    } catch (RuntimeException e) {
      started = CompletableFuture.failedFuture(e);
    }
    started.whenComplete(
        (progress, failure) -> {
          CompletableFuture<SyncProgress> next;
          Supplier<CompletableFuture<SyncProgress>> nextStarter;
          synchronized (running) {
            next = running.get(key).next;
            nextStarter = running.get(key).starter;
            if (next == null) {
              running.remove(key);
            } else {
              running.get(key).next = null;
            }
          }
          // Before the callers go on: they may take their time.
          if (next != null) {
            run(key, nextStarter, next);
          }
          if (failure == null) {
            outcome.complete(progress);
          } else {
            outcome.completeExceptionally(failure);
          }
        });
  }
}
