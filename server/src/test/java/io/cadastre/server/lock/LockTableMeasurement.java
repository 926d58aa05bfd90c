package io.cadastre.server.lock;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.core.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.LongAdder;

/**
 * What locks cost: acquire and release of a write at depth 5 on distinct paths, with 1, 2 and 4
 * threads. A main, not a test: figures depend on the machine.
 *
 * <p>Striping the table by key was measured beside it and not kept: every request needs the stripes
 * of the root and of other hot ancestors at the same instant, since all or nothing means holding
 * all their mutexes. On two cores one mutex made 6.7 M/s, 5.8 M/s and 5.5 M/s with 1, 2 and 4
 * threads; 16 stripes 5.0 M/s, 3.0 M/s and 5.5 M/s; both are far from being the limit of a master.
 */
final class LockTableMeasurement {
  private static final long WARM_UP_NANOS = 3_000_000_000L;
  private static final long RUN_NANOS = 3_000_000_000L;
  private static final int PATHS = 4096;

  private LockTableMeasurement() {}

  public static void main(String[] args) throws InterruptedException {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    ExecutorService resumer = Executors.newFixedThreadPool(2);
    try (LockTable table =
        new LockTable(1, LockSettings.DEFAULT, TimeSource.system(), timer, resumer)) {
      measure(table, 1, WARM_UP_NANOS, true);
      for (int threads : new int[] {1, 2, 4}) {
        print(threads, "request built before", measure(table, threads, RUN_NANOS, false));
        print(threads, "request built each time", measure(table, threads, RUN_NANOS, true));
      }
    } finally {
      timer.shutdownNow();
      resumer.shutdownNow();
    }
  }

  private static void print(int threads, String what, long perSecond) {
    System.out.printf(
        "%d threads, %-24s %,10d acquire+release/s in all, %,6d ns each%n",
        threads, what, perSecond, 1_000_000_000L * threads / perSecond);
  }

  private static long measure(LockTable table, int threads, long nanos, boolean build)
      throws InterruptedException {
    LongAdder done = new LongAdder();
    List<Thread> workers = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < threads; i++) {
      String prefix = "/warehouse/sales/year=2026/part-" + i + "/file-";
      Thread worker = new Thread(() -> done.add(work(table, prefix, start + nanos, build)));
      workers.add(worker);
      worker.start();
    }
    for (Thread worker : workers) {
      worker.join();
    }
    return (long) (done.sum() * 1e9 / (System.nanoTime() - start));
  }

  private static long work(LockTable table, String prefix, long endNanos, boolean build) {
    NamespacePath[] paths = new NamespacePath[PATHS];
    LockRequest[] requests = new LockRequest[PATHS];
    for (int i = 0; i < PATHS; i++) {
      paths[i] = NamespacePath.of(prefix + i);
      requests[i] = LockRequest.forWrite(paths[i]);
    }
    long count = 0;
    while (System.nanoTime() - endNanos < 0) {
      for (int i = 0; i < 256; i++, count++) {
        int at = (int) (count % PATHS);
        LockRequest request = build ? LockRequest.forWrite(paths[at]) : requests[at];
        table.acquire(request, endNanos + WARM_UP_NANOS).join().close();
      }
    }
    return count;
  }
}
