package io.cadastre.server.lock;

import io.cadastre.core.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The bug "locks are freed at the caller's deadline", whatever became of the operation. */
public final class ImpatientLocks extends LockTable {
  private final TimeSource time;
  private final ScheduledExecutorService timer;

  public ImpatientLocks(
      long term,
      LockSettings settings,
      TimeSource time,
      ScheduledExecutorService timer,
      Executor resumer,
      LockMetrics metrics) {
    super(term, settings, time, timer, resumer, metrics);
    this.time = time;
    this.timer = timer;
  }

  @Override
  public CompletableFuture<LockedPaths> acquire(LockRequest request, long deadlineNanos) {
    CompletableFuture<LockedPaths> locked = super.acquire(request, deadlineNanos);
    locked.thenAccept(
        handle ->
            timer.schedule(handle::close, deadlineNanos - time.nanoTime(), TimeUnit.NANOSECONDS));
    return locked;
  }
}
