package io.cadastre.server.sync;

import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * The threads that work off one run: the run's own from the first to the last, helpers as long as
 * there is work for them and no other run waits for their thread.
 *
 * <p>A failure of one ends the work of all; it is thrown by {@link #work} once all have left.
 *
 * @param <T> a piece of work
 */
final class Crew<T> {
  /** What there is to do. Called under the crew's lock. */
  interface Source<T> {
    /** The next piece; null if there is none now. */
    T take();

    /** Pieces that wait to be taken. */
    long waiting();

    /** Nobody takes anything more. */
    void close();
  }

  /** What one thread does. Used by one thread. */
  interface Worker<T> extends AutoCloseable {
    void work(T piece) throws InterruptedException;

    /** There is nothing to take, or the thread is to leave: what was held back is handed on. */
    void settle() throws InterruptedException;

    @Override
    void close();
  }

  private final SyncPool pool;
  private final long mountId;
  private final Source<T> source;
  private final IntSupplier mostHelpers;
  private final Supplier<? extends Worker<T>> newHelper;
  // Guarded by this.
  private int helpers;
  private Throwable failure;

  /**
   * @param mostHelpers beside the run's own thread
   */
  Crew(
      SyncContext context,
      SyncTarget target,
      Source<T> source,
      IntSupplier mostHelpers,
      Supplier<? extends Worker<T>> newHelper) {
    this.pool = context.pool();
    this.mountId = target.mount().mountId();
    this.source = source;
    this.mostHelpers = mostHelpers;
    this.newHelper = newHelper;
  }

  /** Takes up work, and helps those who find more, until none is left. */
  void work(Worker<T> own) throws InterruptedException {
    try {
      do {
        workOff(own, true);
      } while (awaitMore());
    } catch (InterruptedException | RuntimeException e) {
      fail(e);
    } finally {
      awaitHelpers();
    }
    if (failure instanceof InterruptedException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  /** There is more to take: whoever may help is called. */
  void found() {
    synchronized (this) {
      notifyAll();
    }
    while (mayRecruit()) {
      if (!pool.help(mountId, this::help)) {
        left();
        return;
      }
    }
  }

  private synchronized boolean mayRecruit() {
    if (failure != null || helpers >= mostHelpers.getAsInt() || source.waiting() <= helpers) {
      return false;
    }
    helpers++;
    return true;
  }

  private synchronized void left() {
    helpers--;
    notifyAll();
  }

  private void help() {
    try (Worker<T> helper = newHelper.get()) {
      workOff(helper, false);
    } catch (Throwable e) {
      fail(e);
    } finally {
      left();
    }
  }

  private void workOff(Worker<T> worker, boolean own) throws InterruptedException {
    while (true) {
      T next = own || !pool.isWanted() ? take() : null;
      if (next == null) {
        // What was found may be known only once it is journaled.
        worker.settle();
        next = own || !pool.isWanted() ? take() : null;
        if (next == null) {
          return;
        }
      }
      worker.work(next);
    }
  }

  private synchronized T take() {
    return failure == null ? source.take() : null;
  }

  private synchronized void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    notifyAll();
  }

  /** Waits for helpers to find more; false if all is done. */
  private synchronized boolean awaitMore() throws InterruptedException {
    while (failure == null && source.waiting() == 0) {
      if (helpers == 0) {
        return false;
      }
      wait();
    }
    return failure == null;
  }

  /** Nobody may use what belongs to the run once it has ended. */
  private void awaitHelpers() {
    boolean interrupted = false;
    synchronized (this) {
      while (helpers > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      source.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
