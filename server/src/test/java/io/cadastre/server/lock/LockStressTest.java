package io.cadastre.server.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.core.time.TimeSource;
import io.cadastre.server.lock.LockModel.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real threads. Locks are taken on one thread and released on another. */
class LockStressTest {
  private static final int SUBMITTERS = 4;
  private static final int OPERATIONS_EACH = 4_000;
  private static final int IN_FLIGHT_EACH = 12;

  private final ExecutorService resumer = Executors.newFixedThreadPool(2);
  private final ExecutorService releaser = Executors.newFixedThreadPool(2);
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

  private final Set<Operation> active = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
  private final AtomicInteger granted = new AtomicInteger();
  private final AtomicInteger timedOut = new AtomicInteger();

  @AfterEach
  void stop() {
    resumer.shutdownNow();
    releaser.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void nobodyMeetsWhomItExcludesAndEverythingIsGranted() throws Exception {
    LockSnapshot end = run(Duration.ofMinutes(1));
    assertThat(granted.get()).isEqualTo(SUBMITTERS * OPERATIONS_EACH);
    assertThat(end.waited()).as("it was crowded").isGreaterThan(1_000);
  }

  @Test
  void deadlinesThatRaceWithGrantsLoseNoLock() throws Exception {
    LockSnapshot end = run(Duration.ofNanos(300_000));
    assertThat(granted.get() + timedOut.get()).isEqualTo(SUBMITTERS * OPERATIONS_EACH);
    assertThat(granted.get()).isPositive();
    assertThat(timedOut.get()).isPositive();
    assertThat(end.timedOut()).isEqualTo(timedOut.get());
  }

  private LockSnapshot run(Duration within) throws Exception {
    long seed = Long.getLong("cadastre.test.seed", System.nanoTime());
    System.out.println("LockStressTest: -Dcadastre.test.seed=" + seed);
    LockSettings settings = new LockSettings(Duration.ofMillis(1), 1_000);
    try (LockTable table = new LockTable(1, settings, TimeSource.system(), timer, resumer)) {
      List<Thread> submitters = new ArrayList<>();
      CountDownLatch open = new CountDownLatch(SUBMITTERS * OPERATIONS_EACH);
      for (int i = 0; i < SUBMITTERS; i++) {
        Random random = new Random(seed + i);
        Thread submitter = new Thread(() -> submit(table, random, within, open));
        submitters.add(submitter);
        submitter.start();
      }
      for (Thread submitter : submitters) {
        submitter.join();
      }
      assertThat(violations).as("seed %s", seed).isEmpty();
      assertThat(open.await(60, TimeUnit.SECONDS)).as("all are answered; seed %s", seed).isTrue();
      assertThat(violations).as("seed %s", seed).isEmpty();
      LockSnapshot end = table.snapshot(1);
      assertThat(end.keys()).as("seed %s", seed).isZero();
      assertThat(end.handles()).isZero();
      assertThat(end.waiting()).isZero();
      return end;
    }
  }

  private void submit(LockTable table, Random random, Duration within, CountDownLatch open) {
    Semaphore free = new Semaphore(IN_FLIGHT_EACH);
    for (int i = 0; i < OPERATIONS_EACH; i++) {
      if (!acquiredInTime(free)) {
        violations.add("an operation was neither granted nor refused within 20 s");
        return;
      }
      List<NamespacePath> writes = new ArrayList<>();
      List<NamespacePath> reads = new ArrayList<>();
      for (int paths = random.nextInt(4) == 0 ? 2 : 1; paths > 0; paths--) {
        (random.nextInt(3) == 0 ? reads : writes).add(LockSimulationTest.randomPath(random));
      }
      Operation operation = new Operation(i, writes, reads, random.nextLong());
      CompletableFuture<LockedPaths> future =
          table.acquire(operation.request(), System.nanoTime() + within.toNanos());
      future.whenComplete(
          (locked, failure) -> {
            if (failure == null) {
              enter(operation);
              releaser.execute(() -> leave(operation, locked, free, open));
            } else {
              countFailure(failure);
              free.release();
              open.countDown();
            }
          });
    }
  }

  private static boolean acquiredInTime(Semaphore free) {
    try {
      return free.tryAcquire(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void countFailure(Throwable failure) {
    if (failure instanceof MetadataException known && known.code() == ErrorCode.LOCK_TIMEOUT) {
      timedOut.incrementAndGet();
    } else {
      violations.add(failure.toString());
    }
  }

  private void enter(Operation operation) {
    active.add(operation);
    granted.incrementAndGet();
    for (Operation other : active) {
      if (other != operation && other.excludes(operation)) {
        violations.add(operation + " while " + other);
      }
    }
  }

  private void leave(Operation operation, LockedPaths locked, Semaphore free, CountDownLatch open) {
    active.remove(operation);
    locked.close();
    free.release();
    open.countDown();
  }
}
