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
 * back as soon as one does.
 *
 * <p>Stores that hang do not keep the syncs of others from beginning: one mount never holds all
 * threads, unless there is only one; and while there are mounts that hold none, a mount that holds
 * some gets another only if as many stay free as it then has. So one mount has at most half of the
 * threads, a second one half of the rest, and so on. Thread-safe.
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
  private int mounts = 1;

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
   * @param mountCount how many mounts there are now
   * @throws RejectedExecutionException if too many wait already
   */
  void run(long mountId, int mountCount, Runnable run) {
    synchronized (this) {
      mounts = mountCount;
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
    int then = busyByMount.getOrDefault(mountId, 0) + 1;
    if (busy == size || then == 1) {
      return busy < size;
    }
    boolean othersMayCome = mounts > busyByMount.size();
    return then < size && (!othersMayCome || size - busy - 1 >= then);
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
    synchronized (this) {
      busy--;
      busyByMount.computeIfPresent(mountId, (id, count) -> count == 1 ? null : count - 1);
    }
    for (Waiting next = next(); next != null; next = next()) {
      start(next.mountId(), next.run());
    }
  }

  /** Gives a thread to the first that waits and may have one; null if there is none. */
  private synchronized Waiting next() {
    for (Iterator<Waiting> queued = waiting.iterator(); busy < size && queued.hasNext(); ) {
      Waiting candidate = queued.next();
      if (hasRoom(candidate.mountId())) {
        queued.remove();
        take(candidate.mountId());
        return candidate;
      }
    }
    return null;
  }
}
