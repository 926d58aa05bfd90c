package io.cadastre.server.sync;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The threads of syncs: a fixed number of them, and a bounded queue of runs that wait for one. A
 * run may take further threads as helpers, but only such as no other run waits for, and gives them
 * back as soon as one does. One mount never holds them all, unless there is only one: a store that
 * hangs does not keep the syncs of others from beginning. Thread-safe.
 */
public final class SyncPool {
  /** A run that waits for a thread. */
  private record Waiting(long mountId, Runnable run) {}

  private final Executor threads;
  private final int size;
  private final int mostWaiting;
  // Guarded by this.
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final Map<Long, Integer> busyByMount = new HashMap<>();
  private int busy;

  /**
   * @param threads gives a thread to whatever it is handed, without a queue
   * @param size most that run at once
   * @param mostWaiting runs that may wait
   */
  public SyncPool(Executor threads, int size, int mostWaiting) {
    this.threads = threads;
    this.size = size;
    this.mostWaiting = mostWaiting;
  }

  /**
   * Runs a sync of this mount as soon as there is a thread for it.
   *
   * @throws RejectedExecutionException if too many wait already
   */
  void run(long mountId, Runnable run) {
    synchronized (this) {
      if (!hasRoom(mountId)) {
        if (waiting.size() >= mostWaiting) {
          throw new RejectedExecutionException("too many syncs wait");
        }
        waiting.add(new Waiting(mountId, run));
        return;
      }
      take(mountId);
    }
    start(mountId, run);
  }

  /** Runs a helper of a sync of this mount if there is a thread that nobody waits for. */
  boolean help(long mountId, Runnable helper) {
    synchronized (this) {
      if (!waiting.isEmpty() || !hasRoom(mountId)) {
        return false;
      }
      take(mountId);
    }
    start(mountId, helper);
    return true;
  }

  /** Whether a run waits for a thread, so that helpers should leave theirs. */
  synchronized boolean isWanted() {
    return !waiting.isEmpty();
  }

  /** Threads at work. */
  public synchronized int busy() {
    return busy;
  }

  /** Runs that wait for a thread. */
  public synchronized int waiting() {
    return waiting.size();
  }

  private boolean hasRoom(long mountId) {
    int most = Math.max(1, size - 1);
    return busy < size && busyByMount.getOrDefault(mountId, 0) < most;
  }

  private void take(long mountId) {
    busy++;
    busyByMount.merge(mountId, 1, Integer::sum);
  }

  private void start(long mountId, Runnable task) {
    try {
      threads.execute(
          () -> {
            try {
              task.run();
            } finally {
              free(mountId);
            }
          });
    } catch (RejectedExecutionException e) {
      free(mountId);
      throw e;
    }
  }

  private void free(long mountId) {
    Waiting next = null;
    synchronized (this) {
      busy--;
      busyByMount.computeIfPresent(mountId, (id, count) -> count == 1 ? null : count - 1);
      for (Iterator<Waiting> queued = waiting.iterator(); queued.hasNext(); ) {
        Waiting candidate = queued.next();
        if (hasRoom(candidate.mountId())) {
          queued.remove();
          take(candidate.mountId());
          next = candidate;
          break;
        }
      }
    }
    if (next != null) {
      start(next.mountId(), next.run());
    }
  }
}
