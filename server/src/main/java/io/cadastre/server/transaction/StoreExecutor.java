package io.cadastre.server.transaction;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares one pool of threads between mounts, so that a store that hangs takes its own share and not
 * the others': each mount has at most `perMount` tasks running and `queuePerMount` waiting.
 * Thread-safe; never blocks.
 */
public final class StoreExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(StoreExecutor.class);

  private final Executor pool;
  private final int perMount;
  private final int queuePerMount;
  // Guarded by this. Only mounts with something to do have a lane.
  private final Map<Long, Lane> lanes = new HashMap<>();

  private static final class Lane {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int running;
  }

  /**
   * @param pool bounded; must not run tasks on the calling thread
   * @param perMount tasks of one mount at once
   * @param queuePerMount tasks of one mount that may wait
   */
  public StoreExecutor(Executor pool, int perMount, int queuePerMount) {
    this.pool = pool;
    this.perMount = perMount;
    this.queuePerMount = queuePerMount;
  }

  /**
   * Says early that a task would not be taken now.
   *
   * @throws MetadataException BUSY
   */
  public synchronized void checkRoom(long mountId) {
    Lane lane = lanes.get(mountId);
    if (lane != null && lane.waiting.size() >= queuePerMount) {
      throw tooManyWait();
    }
  }

  private static MetadataException tooManyWait() {
    return busy("Too many changes wait for the store; it is slow or does not answer");
  }

  /**
   * Runs a task, now or when one of the mount's tasks has ended.
   *
   * @param mountId 0 for what belongs to no mount yet
   * @throws MetadataException BUSY; the task will not run
   */
  public void execute(long mountId, Runnable task) {
    synchronized (this) {
      Lane lane = lanes.computeIfAbsent(mountId, unused -> new Lane());
      if (lane.running >= perMount) {
        if (lane.waiting.size() >= queuePerMount) {
          throw tooManyWait();
        }
        lane.waiting.add(task);
        return;
      }
      lane.running++;
    }
    try {
      pool.execute(() -> run(mountId, task));
    } catch (RejectedExecutionException e) {
      left(mountId);
      throw busy("The master has too many calls to stores in progress");
    }
  }

  private static MetadataException busy(String text) {
    return new MetadataException(ErrorCode.BUSY, text);
  }

  /** Goes on with what waits on the same thread, so that a full pool refuses nothing accepted. */
  private void run(long mountId, Runnable first) {
    for (Runnable task = first; task != null; task = next(mountId)) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        // An Error too, as of a store's library that lacks a class: its place would be lost.
        LOG.error("A task of mount {} failed by a defect", mountId, e);
      }
    }
  }

  private synchronized Runnable next(long mountId) {
    Runnable next = lanes.get(mountId).waiting.poll();
    if (next == null) {
      left(mountId);
    }
    return next;
  }

  private synchronized void left(long mountId) {
    Lane lane = lanes.get(mountId);
    lane.running--;
    if (lane.running == 0 && lane.waiting.isEmpty()) {
      lanes.remove(mountId);
    }
  }
}
