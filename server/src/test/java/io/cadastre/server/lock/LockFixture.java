package io.cadastre.server.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.core.time.ManualTimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** A lock table on one thread: time stands still, and resumed callers go on when the test says. */
final class LockFixture implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMillis(50);

  final ManualTimeSource time = new ManualTimeSource();
  final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  final ArrayDeque<Runnable> resumed = new ArrayDeque<>();
  final LockTable table;

  LockFixture() {
    this(1_000);
  }

  LockFixture(int maxWaiters) {
    table = new LockTable(7, new LockSettings(PATIENCE, maxWaiters), time, timer, resumed::add);
  }

  static NamespacePath path(String text) {
    return NamespacePath.of(text);
  }

  static LockRequest write(String path) {
    return LockRequest.forWrite(path(path));
  }

  static LockRequest read(String path) {
    return LockRequest.forRead(path(path));
  }

  static LockRequest rename(String from, String to) {
    return LockRequest.forWrites(path(from), path(to));
  }

  /** With a deadline in one minute. */
  CompletableFuture<LockedPaths> acquire(LockRequest request) {
    return acquire(request, Duration.ofMinutes(1));
  }

  CompletableFuture<LockedPaths> acquire(LockRequest request, Duration within) {
    return table.acquire(request, time.nanoTime() + within.toNanos());
  }

  /** Asks for what must be free. */
  LockedPaths hold(LockRequest request) {
    CompletableFuture<LockedPaths> future = acquire(request);
    assertThat(future).as("%s is free", request).isDone();
    return future.join();
  }

  void release(LockedPaths handle) {
    handle.close();
    goOn();
  }

  /** Lets time pass and the alarm ring. */
  void advance(Duration by) {
    time.advance(by);
    table.expireDue();
    goOn();
  }

  void goOn() {
    for (Runnable next = resumed.poll(); next != null; next = resumed.poll()) {
      next.run();
    }
  }

  static MetadataException failureOf(CompletableFuture<LockedPaths> future, ErrorCode code) {
    assertThat(future).isCompletedExceptionally();
    try {
      future.join();
      throw new AssertionError("did not fail");
    } catch (CompletionException e) {
      assertThat(e).hasCauseInstanceOf(MetadataException.class);
      MetadataException failure = (MetadataException) e.getCause();
      assertThat(failure.code()).isEqualTo(code);
      return failure;
    }
  }

  void assertNothingIsLeft() {
    LockSnapshot left = table.snapshot(10);
    assertThat(left.handles()).isZero();
    assertThat(left.locks()).isZero();
    assertThat(left.keys()).isZero();
    assertThat(left.waiting()).isZero();
    assertThat(left.blocked()).isEmpty();
  }

  @Override
  public void close() {
    table.close();
    timer.shutdownNow();
  }
}
