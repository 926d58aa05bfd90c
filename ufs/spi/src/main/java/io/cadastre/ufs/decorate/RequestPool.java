package io.cadastre.ufs.decorate;

import io.cadastre.ufs.spi.DaemonThreads;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs requests on at most `limit` threads and abandons those that outlive their deadline. A slot
 * is held from before the request until the store answers, so an abandoned request keeps its slot
 * and is counted as stuck. There is no queue: callers without a slot wait, each to its own
 * deadline.
 */
final class RequestPool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RequestPool.class);
  private static final long IDLE_SECONDS = 30;

  private final String storeName;
  private final int limit;
  private final ExecutorService threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock.
  private int used;
  private int stuck;
  private boolean closed;

  RequestPool(String storeName, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("threads: " + limit);
    }
    this.storeName = storeName;
    this.limit = limit;
    this.threads =
        new ThreadPoolExecutor(
            0,
            // A thread that has freed its slot may need a moment to become idle again.
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            DaemonThreads.named("ufs-request " + storeName));
  }

  <T> T call(Supplier<T> request, StoreDeadline deadline) {
    return call(request, unwanted -> {}, deadline);
  }

  /**
   * Runs a request.
   *
   * @param dispose is given the result if it comes when nobody waits for it any more
   * @throws UfsException what the request throws; UNKNOWN if it was cut off; UNAVAILABLE if it was
   *     not begun
   */
  <T> T call(Supplier<T> request, Consumer<T> dispose, StoreDeadline deadline) {
    long start = System.nanoTime();
    takeSlot(deadline);
    Request<T> running = new Request<>(request, dispose);
    try {
      threads.execute(running);
    } catch (Throwable e) {
      // No thread, or shut down: the request never began, so the slot is free again.
      freeSlot(false);
      throw new UfsException(Kind.UNAVAILABLE, "No thread for a request to " + storeName, e);
    }
    return running.await(deadline, start);
  }

  int stuck() {
    lock.lock();
    try {
      return stuck;
    } finally {
      lock.unlock();
    }
  }

  private void takeSlot(StoreDeadline deadline) {
    lock.lock();
    try {
      while (true) {
        if (closed) {
          throw new UfsException(Kind.UNAVAILABLE, "The store " + storeName + " is closed");
        }
        if (stuck == limit) {
          throw new UfsException(
              Kind.UNAVAILABLE,
              "The store "
                  + storeName
                  + " does not answer: "
                  + stuck
                  + " requests are stuck in it; nothing was sent, retry when it is back");
        }
        deadline.check();
        if (used < limit) {
          used++;
          return;
        }
        changed.awaitNanos(deadline.remainingNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UfsException(Kind.UNAVAILABLE, "Interrupted before the store was asked", e);
    } finally {
      lock.unlock();
    }
  }

  private void freeSlot(boolean wasStuck) {
    lock.lock();
    try {
      used--;
      if (wasStuck) {
        stuck--;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void countStuck() {
    lock.lock();
    try {
      stuck++;
      if (stuck == limit) {
        LOG.warn("All {} requests to {} are stuck; calls fail until one returns", limit, storeName);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** New requests fail; those that run are interrupted and not waited for. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    threads.shutdownNow();
  }

  /** One request between its caller and the thread that runs it. */
  private final class Request<T> implements Runnable {
    private final Supplier<T> request;
    private final Consumer<T> dispose;
    private final ReentrantLock state = new ReentrantLock();
    private final Condition ended = state.newCondition();
    // Guarded by state.
    private Thread runner;
    private boolean done;
    private boolean abandoned;
    private T result;
    private Throwable failure;

    Request(Supplier<T> request, Consumer<T> dispose) {
      this.request = request;
      this.dispose = dispose;
    }

    @Override
    public void run() {
      if (!begin()) {
        freeSlot(true);
        return;
      }
      T answer = null;
      Throwable problem = null;
      try {
        answer = request.get();
      } catch (Throwable e) {
        // Handed to the caller, or logged below if it has gone.
        problem = e;
      }
      boolean late = end(answer, problem);
      try {
        if (late && problem == null && answer != null) {
          dispose.accept(answer);
        } else if (late && problem != null) {
          LOG.debug("A request to {} failed after its caller had gone", storeName, problem);
        }
      } catch (RuntimeException e) {
        LOG.warn("A late answer of {} could not be put away", storeName, e);
      } finally {
        freeSlot(late);
      }
    }

    private boolean begin() {
      state.lock();
      try {
        if (abandoned) {
          return false;
        }
        runner = Thread.currentThread();
        return true;
      } finally {
        state.unlock();
      }
    }

    /** Returns whether the caller has gone. */
    private boolean end(T answer, Throwable problem) {
      state.lock();
      try {
        done = true;
        result = answer;
        failure = problem;
        runner = null;
        // An interrupt that came late must not hit the thread's next request.
        Thread.interrupted();
        ended.signalAll();
        return abandoned;
      } finally {
        state.unlock();
      }
    }

    T await(StoreDeadline deadline, long startNanos) {
      state.lock();
      try {
        while (!done && !deadline.expired()) {
          ended.awaitNanos(deadline.remainingNanos());
        }
        if (!done) {
          throw abandon(startNanos, null);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        if (!done) {
          throw abandon(startNanos, e);
        }
      } finally {
        state.unlock();
      }
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
      return result;
    }

    private UfsException abandon(long startNanos, InterruptedException interrupt) {
      abandoned = true;
      countStuck();
      long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
      if (runner == null) {
        return new UfsException(
            Kind.UNAVAILABLE,
            "The request to " + storeName + " did not begin within " + waited + " ms",
            interrupt);
      }
      runner.interrupt();
      String what = interrupt == null ? "timed out after " : "was interrupted after ";
      return new UfsException(
          Kind.UNKNOWN, "The store " + storeName + " " + what + waited + " ms", interrupt);
    }
  }
}
