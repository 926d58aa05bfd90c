package io.cadastre.server.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/**
 * One applier that changes names in an order drawn beforehand, and readers with views old and new.
 * The oracle is that order: what a name holds at an index is the last change of it up to there.
 * That change's index stands for the inode id.
 */
class DirectoryCacheStressTest {
  private static final int NAMES = 64;
  private static final int CHANGES = 200_000;
  private static final int READERS = 3;

  private final long seed = Long.getLong("cadastre.test.seed", System.nanoTime());
  private final int[] nameOfChange = new int[CHANGES + 1];
  private final int[][] changesOfName = new int[NAMES][];
  private final AtomicLong published = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final LongAdder wrong = new LongAdder();
  private final LongAdder checked = new LongAdder();

  @Test
  void noViewIsGivenWhatItsIndexDoesNotHold() throws Exception {
    DirectoryCache cache = new DirectoryCache(NAMES / 2);
    run(cache);
    assertThat(wrong.sum()).as("seed %s", seed).isZero();
    assertThat(checked.sum()).as("it was used").isGreaterThan(10_000);
    assertThat(cache.refusals().sum()).as("and insertions raced").isPositive();
  }

  /** The same without the check: shows that the test above can fail. */
  @Test
  void insertingWithoutTheCheckIsFound() throws Exception {
    InvalidationTable unchecked =
        new InvalidationTable(64) {
          @Override
          boolean mayInsert(long readIndex, long invalidatedIndex) {
            return true;
          }
        };
    run(new DirectoryCache(NAMES / 2, unchecked));
    assertThat(wrong.sum()).as("seed %s", seed).isPositive();
  }

  private void run(DirectoryCache cache) throws InterruptedException {
    System.out.println("DirectoryCacheStressTest: -Dcadastre.test.seed=" + seed);
    drawChanges();
    List<Thread> threads = new ArrayList<>();
    threads.add(new Thread(() -> apply(cache)));
    for (int i = 0; i < READERS; i++) {
      Random random = new Random(seed + 1 + i);
      threads.add(new Thread(() -> read(cache, random)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void drawChanges() {
    Random random = new Random(seed);
    List<List<Integer>> changes = new ArrayList<>();
    for (int name = 0; name < NAMES; name++) {
      changes.add(new ArrayList<>(List.of(0)));
    }
    for (int index = 1; index <= CHANGES; index++) {
      nameOfChange[index] = random.nextInt(NAMES);
      changes.get(nameOfChange[index]).add(index);
    }
    for (int name = 0; name < NAMES; name++) {
      changesOfName[name] = changes.get(name).stream().mapToInt(Integer::intValue).toArray();
    }
  }

  private void apply(DirectoryCache cache) {
    for (int index = 1; index <= CHANGES; index++) {
      // At least one read per change, however the threads are scheduled.
      while (reads.get() < index) {
        Thread.yield();
      }
      if (index % 20_000 == 0) {
        cache.clear(index);
      } else {
        cache.invalidate(1, "d" + nameOfChange[index], index);
      }
      published.set(index);
    }
  }

  private void read(DirectoryCache cache, Random random) {
    while (published.get() < CHANGES) {
      reads.incrementAndGet();
      long newest = published.get();
      long view = random.nextInt(4) == 0 ? Math.max(0, newest - random.nextInt(50)) : newest;
      int name = random.nextInt(NAMES);
      long expected = valueAt(name, view);
      DirectoryEntry cached = cache.get(1, "d" + name, view);
      if (cached == null) {
        cache.put(1, "d" + name, new DirectoryEntry(expected, 0755, "u", "g", (byte) 0, view));
      } else {
        checked.increment();
        if (cached.id() != expected) {
          wrong.increment();
        }
      }
    }
  }

  private long valueAt(int name, long index) {
    int[] changes = changesOfName[name];
    int at = Arrays.binarySearch(changes, (int) index);
    return changes[at >= 0 ? at : -at - 2];
  }
}
