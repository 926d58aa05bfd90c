package io.cadastre.server.lock;

import static io.cadastre.server.lock.LockFixture.failureOf;
import static io.cadastre.server.lock.LockFixture.path;
import static io.cadastre.server.lock.LockFixture.read;
import static io.cadastre.server.lock.LockFixture.rename;
import static io.cadastre.server.lock.LockFixture.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LockTableTest {
  private final LockFixture locks = new LockFixture(3);

  @AfterEach
  void close() {
    locks.close();
  }

  @Test
  void neighboursDoNotMeetAndTheSamePathDoes() {
    LockedPaths first = locks.hold(write("/a/x"));
    LockedPaths second = locks.hold(write("/a/y"));
    CompletableFuture<LockedPaths> third = locks.acquire(write("/a/x"));
    assertThat(third).isNotDone();
    locks.release(second);
    assertThat(third).isNotDone();
    locks.release(first);
    assertThat(third).isCompleted();
    locks.release(third.join());
    locks.assertNothingIsLeft();
  }

  @Test
  void readersShareAndExcludeAWriter() {
    LockedPaths one = locks.hold(read("/a/x"));
    LockedPaths two = locks.hold(read("/a/x"));
    CompletableFuture<LockedPaths> writer = locks.acquire(write("/a/x"));
    locks.release(one);
    assertThat(writer).isNotDone();
    locks.release(two);
    assertThat(writer).isCompleted();
  }

  @Test
  void renameOfADirectoryShutsOutEverybodyBelowBothSides() {
    LockedPaths rename = locks.hold(rename("/a/from", "/b/to"));
    for (String below : List.of("/a/from", "/a/from/x", "/a/from/x/y/z", "/b/to", "/b/to/x")) {
      assertThat(locks.table.tryAcquire(write(below))).as(below).isEmpty();
      assertThat(locks.table.tryAcquire(read(below))).as(below).isEmpty();
    }
    for (String beside : List.of("/a/from2", "/a/other/x", "/b/t", "/c")) {
      assertThat(locks.table.tryAcquire(write(beside))).as(beside).isPresent();
    }
    assertThat(locks.table.tryAcquire(write("/a"))).isEmpty();
    rename.close();
    assertThat(locks.table.tryAcquire(write("/a/from/x"))).isPresent();
  }

  @Test
  void whoIsInterruptedWhileItWaitsGetsNothingLater() throws Exception {
    LockedPaths holder = locks.hold(write("/a/x"));
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    long deadline = locks.time.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    Thread waiting =
        new Thread(
            () -> ended.complete(catchThrowable(() -> locks.table.await(write("/a/x"), deadline))));
    waiting.start();
    while (locks.table.snapshot(0).waiting() == 0) {
      Thread.onSpinWait();
    }
    waiting.interrupt();
    assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    locks.release(holder);
    locks.assertNothingIsLeft();
  }

  @Test
  void whoWaitsHoldsNothing() {
    LockedPaths holder = locks.hold(write("/b/y"));
    CompletableFuture<LockedPaths> rename = locks.acquire(rename("/a/x", "/b/y"));
    assertThat(rename).isNotDone();
    assertThat(locks.table.snapshot(0).handles()).isEqualTo(1);
    // As a waiter it keeps later exclusive ones back, but a reader passes.
    assertThat(locks.table.tryAcquire(write("/a/x"))).isEmpty();
    assertThat(locks.table.tryAcquire(read("/a/x")))
        .isPresent()
        .get()
        .satisfies(LockedPaths::close);
    locks.release(holder);
    assertThat(rename).isCompleted();
  }

  @Test
  void twoRenamesCrossingEachOtherBothGetTheirTurn() {
    LockedPaths holder = locks.hold(write("/b"));
    CompletableFuture<LockedPaths> forth = locks.acquire(rename("/a", "/b"));
    CompletableFuture<LockedPaths> back = locks.acquire(rename("/b", "/a"));
    locks.release(holder);
    assertThat(forth).isCompleted();
    assertThat(back).isNotDone();
    locks.release(forth.join());
    assertThat(back).isCompleted();
  }

  @Test
  void nameLocksExcludeEachOther() {
    LockRequest mounts = LockRequest.nameLock("mounts");
    LockedPaths first = locks.hold(mounts.and(write("/m1")));
    assertThat(locks.table.tryAcquire(mounts.and(write("/m2")))).isEmpty();
    assertThat(locks.table.tryAcquire(write("/m2"))).isPresent();
    first.close();
    assertThat(locks.table.tryAcquire(mounts)).isPresent();
  }

  @Test
  void releaseIsIdempotentAndNotBoundToAThread() throws Exception {
    LockedPaths first = locks.hold(read("/a"));
    LockedPaths second = locks.hold(read("/a"));
    Thread other = new Thread(first::close);
    other.start();
    other.join();
    first.close();
    assertThat(first.isHeld()).isFalse();
    assertThat(second.isHeld()).isTrue();
    assertThat(locks.table.tryAcquire(write("/a"))).as("second still holds it").isEmpty();
    second.close();
    locks.assertNothingIsLeft();
  }

  @Test
  void futuresOfWaitersCompleteOnTheExecutorOnly() {
    LockedPaths holder = locks.hold(write("/a"));
    CompletableFuture<LockedPaths> waiter = locks.acquire(write("/a"));
    locks.time.advance(Duration.ofMillis(3));
    holder.close();
    assertThat(waiter).isNotDone();
    assertThat(locks.table.tryAcquire(read("/a"))).as("granted already").isEmpty();
    locks.goOn();
    assertThat(waiter.join().waitedNanos()).isEqualTo(3_000_000);
    assertThat(waiter.join().term()).isEqualTo(7);
    assertThat(holder.waitedNanos()).isZero();
  }

  @Test
  void aPassedDeadlineFailsNamingThePathAndLeavesNothingBehind() {
    LockedPaths holder = locks.hold(write("/a/x"));
    CompletableFuture<LockedPaths> late =
        locks.acquire(rename("/a/x", "/b/y"), Duration.ofMillis(20));
    CompletableFuture<LockedPaths> patient = locks.acquire(write("/b/y"));
    locks.advance(Duration.ofMillis(19));
    assertThat(late).isNotDone();
    locks.advance(Duration.ofMillis(1));
    MetadataException failure = failureOf(late, ErrorCode.LOCK_TIMEOUT);
    assertThat(failure).hasMessageContaining("/a/x").hasMessageContaining("20 ms");
    assertThat(failure.context()).containsEntry("path", "/a/x").containsEntry("waitedMillis", "20");
    assertThat(patient).as("it waited behind the late one only").isCompleted();
    assertThat(locks.table.snapshot(0).timedOut()).isEqualTo(1);
    holder.close();
    patient.join().close();
    locks.assertNothingIsLeft();
  }

  @Test
  void withAPassedDeadlineOnlyWhatIsFreeIsGranted() {
    LockedPaths holder = locks.hold(write("/a"));
    failureOf(locks.acquire(write("/a"), Duration.ZERO), ErrorCode.LOCK_TIMEOUT);
    assertThat(locks.acquire(write("/b"), Duration.ZERO)).isCompleted();
    assertThat(holder.isHeld()).isTrue();
  }

  @Test
  void waitersThatExpireTogetherAllFail() {
    locks.hold(write("/a"));
    List<CompletableFuture<LockedPaths>> waiters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiters.add(locks.acquire(write("/a"), Duration.ofMillis(30 - i)));
    }
    locks.advance(Duration.ofMillis(30));
    waiters.forEach(waiter -> failureOf(waiter, ErrorCode.LOCK_TIMEOUT));
    assertThat(locks.table.snapshot(1).waiting()).isZero();
  }

  @Test
  void aRealTimerFindsPassedDeadlines() {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (LockTable table =
        new LockTable(1, LockSettings.DEFAULT, TimeSource.system(), locks.timer, pool)) {
      long now = System.nanoTime();
      table.acquire(write("/a"), now).join();
      CompletableFuture<LockedPaths> later =
          table.acquire(write("/a"), now + TimeUnit.MILLISECONDS.toNanos(60));
      CompletableFuture<LockedPaths> sooner =
          table.acquire(write("/a"), now + TimeUnit.MILLISECONDS.toNanos(30));
      assertThat(sooner)
          .failsWithin(Duration.ofSeconds(10))
          .withThrowableOfType(ExecutionException.class);
      assertThat(later)
          .failsWithin(Duration.ofSeconds(10))
          .withThrowableOfType(ExecutionException.class);
      assertThat(System.nanoTime() - now).isGreaterThanOrEqualTo(60_000_000);
      failureOf(later, ErrorCode.LOCK_TIMEOUT);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void tooManyWaitersAreRefusedAndTheOthersGoOn() {
    LockedPaths holder = locks.hold(write("/a"));
    List<CompletableFuture<LockedPaths>> waiters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiters.add(locks.acquire(write("/a")));
    }
    failureOf(locks.acquire(write("/a")), ErrorCode.BUSY);
    assertThat(locks.acquire(write("/b"))).as("what is free needs no queue").isCompleted();
    assertThat(locks.table.snapshot(0).refused()).isEqualTo(1);
    locks.release(holder);
    assertThat(locks.acquire(write("/a"))).as("a place was left").isNotDone();
    assertThat(waiters.get(0)).isCompleted();
  }

  @Test
  void closeFailsWaitersAndMakesReleasesHarmless() {
    LockedPaths holder = locks.hold(write("/a"));
    CompletableFuture<LockedPaths> waiter = locks.acquire(write("/a"));
    locks.table.close();
    locks.goOn();
    MetadataException failure = failureOf(waiter, ErrorCode.NOT_LEADER);
    assertThat(failure.context()).containsEntry("term", "7");
    assertThat(holder.isHeld()).isFalse();
    holder.close();
    holder.close();
    failureOf(locks.acquire(write("/b")), ErrorCode.NOT_LEADER);
    assertThatThrownBy(() -> locks.table.tryAcquire(write("/b")))
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_LEADER));
    locks.table.close();
    locks.assertNothingIsLeft();
  }

  @Test
  void aCancelledWaiterLeavesTheQueue() {
    LockedPaths holder = locks.hold(read("/a/x"));
    CompletableFuture<LockedPaths> writer = locks.acquire(write("/a"));
    locks.advance(LockFixture.PATIENCE);
    CompletableFuture<LockedPaths> reader = locks.acquire(read("/a/y"));
    assertThat(reader).isNotDone();
    writer.cancel(false);
    locks.goOn();
    assertThat(reader).isCompleted();
    assertThat(locks.table.snapshot(0).waiting()).isZero();
    assertThat(holder.isHeld()).isTrue();
  }

  @Test
  void locksGrantedToACancelledWaiterAreFreed() {
    LockedPaths holder = locks.hold(write("/a"));
    CompletableFuture<LockedPaths> waiter = locks.acquire(write("/a"));
    holder.close();
    waiter.cancel(false);
    locks.goOn();
    locks.assertNothingIsLeft();
  }

  @Test
  void whoCannotBeResumedIsToldSoAndBlocksNobody() {
    LockTable table =
        new LockTable(
            1,
            LockSettings.DEFAULT,
            locks.time,
            locks.timer,
            task -> {
              throw new RejectedExecutionException("full");
            });
    LockedPaths holder = table.tryAcquire(write("/a")).orElseThrow();
    List<CompletableFuture<LockedPaths>> waiters = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      waiters.add(table.acquire(write("/a"), locks.time.nanoTime() + 1_000_000_000));
    }
    holder.close();
    waiters.forEach(waiter -> failureOf(waiter, ErrorCode.BUSY));
    assertThat(table.snapshot(1).keys()).isZero();
  }

  @Test
  void snapshotNamesWhatBlocksMost() {
    LockedPaths holder = locks.hold(rename("/a/x", "/b"));
    locks.acquire(write("/a/x/1"));
    locks.time.advance(Duration.ofMillis(5));
    locks.acquire(write("/b"));
    locks.acquire(read("/b/y"));
    locks.time.advance(Duration.ofMillis(5));
    LockSnapshot seen = locks.table.snapshot(1);
    assertThat(seen.term()).isEqualTo(7);
    assertThat(seen.handles()).isEqualTo(1);
    assertThat(seen.locks()).isEqualTo(holder.request().size()).isEqualTo(4);
    assertThat(seen.keys()).as("held: /, /a, /a/x, /b; waited for: /a/x/1, /b/y").isEqualTo(6);
    assertThat(seen.waiting()).isEqualTo(3);
    assertThat(seen.waited()).isEqualTo(3);
    assertThat(seen.longestWaitNanos()).isEqualTo(10_000_000);
    assertThat(seen.blocked()).containsExactly(new LockSnapshot.BlockedKey("/b", 2, 5_000_000));
    assertThat(locks.table.snapshot(10).blocked())
        .containsExactly(
            new LockSnapshot.BlockedKey("/b", 2, 5_000_000),
            new LockSnapshot.BlockedKey("/a/x", 1, 10_000_000));
    assertThat(holder.request().covers(path("/b"), LockRequest.Mode.EXCLUSIVE)).isTrue();
  }

  @Test
  void settingsRefuseNonsense() {
    assertThatThrownBy(() -> new LockSettings(Duration.ofMillis(-1), 1))
        .hasMessageContaining("patience");
    assertThatThrownBy(() -> new LockSettings(Duration.ZERO, 0)).hasMessageContaining("maxWaiters");
  }
}
