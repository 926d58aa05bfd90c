package io.cadastre.server.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.server.lock.LockModel.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations on one thread and in fake time, compared after each step with {@link
 * LockModel}: the same ones hold, the same ones wait. So nobody is let in too early, and nobody who
 * could be let in is forgotten.
 */
class LockSimulationTest {
  private final Map<Integer, CompletableFuture<LockedPaths>> futures = new HashMap<>();
  private final LockFixture locks = new LockFixture();
  private final LockModel model = new LockModel(LockFixture.PATIENCE.toNanos());
  private int operations;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithTheModel(long seed) {
    run(seed, 3_000);
  }

  @Test
  void agreesWithTheModelForASeedOfItsOwn() {
    run(Long.getLong("cadastre.test.seed", System.nanoTime()), 3_000);
  }

  private void run(long seed, int steps) {
    System.out.println("LockSimulationTest: -Dcadastre.test.seed=" + seed);
    Random random = new Random(seed);
    try (locks) {
      for (int step = 0; step < steps; step++) {
        step(random);
        assertAgrees("seed " + seed + ", step " + step);
      }
      assertThat(operations).isGreaterThan(steps / 4);
      while (!model.holders.isEmpty()) {
        release(model.holders.get(random.nextInt(model.holders.size())));
        assertAgrees("seed " + seed + ", at the end");
      }
      assertThat(model.waiters).as("everything was granted").isEmpty();
      locks.assertNothingIsLeft();
    }
  }

  private void step(Random random) {
    int choice = random.nextInt(100);
    if (choice < 45 && model.holders.size() + model.waiters.size() < 40) {
      acquire(randomOperation(random), choice < 35);
    } else if (choice < 85 && !model.holders.isEmpty()) {
      release(model.holders.get(random.nextInt(model.holders.size())));
    } else if (choice < 90 && !model.waiters.isEmpty()) {
      Operation waiter = model.waiters.remove(random.nextInt(model.waiters.size()));
      futures.remove(waiter.id()).cancel(false);
      locks.goOn();
      model.settle(locks.time.nanoTime());
    } else {
      locks.advance(Duration.ofMillis(random.nextInt(30)));
    }
  }

  private void acquire(Operation operation, boolean wait) {
    boolean free = model.isFree(operation, locks.time.nanoTime());
    CompletableFuture<LockedPaths> future;
    if (wait) {
      future = locks.acquire(operation.request(), Duration.ofDays(1));
      assertThat(future.isDone()).as("%s is granted at once", operation).isEqualTo(free);
    } else {
      future =
          locks
              .table
              .tryAcquire(operation.request())
              .map(CompletableFuture::completedFuture)
              .orElse(null);
      assertThat(future != null).as("%s is granted", operation).isEqualTo(free);
    }
    if (future != null) {
      futures.put(operation.id(), future);
      (free ? model.holders : model.waiters).add(operation);
    }
  }

  private void release(Operation holder) {
    model.holders.remove(holder);
    model.settle(locks.time.nanoTime());
    locks.release(futures.remove(holder.id()).join());
  }

  private void assertAgrees(String when) {
    for (Operation holder : model.holders) {
      assertThat(futures.get(holder.id()).isDone()).as("%s: %s holds", when, holder).isTrue();
    }
    for (Operation waiter : model.waiters) {
      assertThat(futures.get(waiter.id()).isDone()).as("%s: %s waits", when, waiter).isFalse();
    }
    for (Operation one : model.holders) {
      for (Operation other : model.holders) {
        assertThat(one != other && one.excludes(other))
            .as("%s: %s, %s", when, one, other)
            .isFalse();
      }
    }
    assertThat(locks.table.snapshot(0).handles()).isEqualTo(model.holders.size());
  }

  private Operation randomOperation(Random random) {
    List<NamespacePath> writes = new ArrayList<>();
    List<NamespacePath> reads = new ArrayList<>();
    switch (random.nextInt(10)) {
      case 0, 1 -> {
        writes.add(randomPath(random));
        writes.add(randomPath(random));
      }
      case 2, 3, 4 -> reads.add(randomPath(random));
      case 5 -> {
        writes.add(randomPath(random));
        reads.add(randomPath(random));
      }
      default -> writes.add(randomPath(random));
    }
    return new Operation(operations++, writes, reads, locks.time.nanoTime());
  }

  static NamespacePath randomPath(Random random) {
    NamespacePath path = NamespacePath.ROOT;
    // The root itself only now and then: it shuts out everybody.
    int depth = random.nextInt(30) == 0 ? 0 : 1 + random.nextInt(4);
    for (int i = 0; i < depth; i++) {
      path = path.child(String.valueOf((char) ('a' + random.nextInt(3))));
    }
    return path;
  }
}
