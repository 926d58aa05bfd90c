package io.cadastre.server.transaction;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Lets an observation of the namespace out only while nobody else can lead. Everything that was
 * ever acknowledged is published here before it is acknowledged, so a view taken after the lease
 * was found valid is linearizable; and one taken before is too, if the same term still holds the
 * lease later. Thread-safe.
 */
public final class ReadGate {
  private static final long POLL_MILLIS = 5;
  private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final ScheduledExecutorService timer;

  public ReadGate(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  /**
   * Completes when the lease of this leadership is valid; at once if it is now.
   *
   * @return fails with NOT_LEADER once the term is over, with UNAVAILABLE if the lease does not
   *     come back
   */
  public CompletableFuture<Void> pass(Leadership leadership, long deadlineNanos) {
    if (leadership.mayServe()) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> passed = new CompletableFuture<>();
    long now = System.nanoTime();
    long latest = now + Math.min(LONGEST_WAIT_NANOS, Math.max(0, deadlineNanos - now));
    poll(leadership, latest, passed);
    return passed;
  }

  private void poll(Leadership leadership, long latestNanos, CompletableFuture<Void> passed) {
    if (leadership.mayServe()) {
      passed.complete(null);
    } else if (leadership.isClosed()) {
      passed.completeExceptionally(
          new MetadataException(ErrorCode.NOT_LEADER, "This master does not lead any more"));
    } else if (System.nanoTime() - latestNanos >= 0) {
      passed.completeExceptionally(
          new MetadataException(
              ErrorCode.UNAVAILABLE, "The leader has not heard from a majority of the masters"));
    } else {
      timer.schedule(
          () -> poll(leadership, latestNanos, passed), POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
