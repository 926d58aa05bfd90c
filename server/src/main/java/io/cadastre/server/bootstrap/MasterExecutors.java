package io.cadastre.server.bootstrap;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The master's thread pools: each of a fixed size, each with a bounded queue, daemon threads with
 * names.
 */
final class MasterExecutors implements AutoCloseable {
  private static final int PLANNER_QUEUE = 20_000;
  private static final int SCAN_QUEUE = 1_000;
  private static final int ADMIN_QUEUE = 64;

  /** Plans operations and answers reads. */
  final ThreadPoolExecutor planner;

  /** Builds answers and hands them to the network. */
  final ThreadPoolExecutor responders;

  /** Listings, counts: what reads many rows. */
  final ThreadPoolExecutor scans;

  /** Admin calls that wait for the disk or the quorum. */
  final ThreadPoolExecutor admin;

  /** Whatever asks a store. */
  final ThreadPoolExecutor stores;

  /** Syncs and their helpers; what bounds them is `SyncPool`. */
  final ExecutorService syncs;

  /** Listings asked for ahead, bounded by `ListingsAhead`; null if that is turned off. */
  final ThreadPoolExecutor prefetch;

  /** Short tasks by time. */
  final ScheduledExecutorService timer;

  MasterExecutors(String node, int plannerThreads, int storeThreads, int prefetchThreads) {
    planner = pool(node + "-plan", plannerThreads, PLANNER_QUEUE);
    responders = pool(node + "-respond", 2, PLANNER_QUEUE);
    scans = pool(node + "-scan", Math.max(4, plannerThreads), SCAN_QUEUE);
    admin = pool(node + "-admin", 4, ADMIN_QUEUE);
    stores = pool(node + "-store", storeThreads, SCAN_QUEUE);
    syncs = Executors.newCachedThreadPool(threads(node + "-sync"));
    prefetch =
        prefetchThreads == 0 ? null : pool(node + "-prefetch", prefetchThreads, PLANNER_QUEUE);
    timer = Executors.newScheduledThreadPool(1, threads(node + "-timer"));
  }

  private static ThreadPoolExecutor pool(String name, int threads, int queue) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            60,
            TimeUnit.SECONDS,
            queue > 1_000 ? new LinkedBlockingQueue<>(queue) : new ArrayBlockingQueue<>(queue),
            threads(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadFactory threads(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void close() {
    for (ExecutorService executor :
        new ExecutorService[] {planner, responders, scans, admin, stores, syncs, timer}) {
      executor.shutdownNow();
    }
    if (prefetch != null) {
      prefetch.shutdownNow();
    }
  }
}
