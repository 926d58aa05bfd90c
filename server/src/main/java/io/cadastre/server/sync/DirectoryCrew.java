package io.cadastre.server.sync;

import io.cadastre.core.path.NamespacePath;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The threads that work off the directories of one run: the run's own from the first to the last,
 * helpers as long as there is work for them and no other run waits for their thread. The next few
 * directories in the queue are listed ahead.
 *
 * <p>A failure of one ends the work of all; it is thrown by {@link #work} once all have left.
 */
final class DirectoryCrew {
  /**
   * Directories listed ahead, at most; what is kept of them is bounded by {@link ListingsAhead}.
   */
  private static final int WINDOW = 256;

  private final SyncContext context;
  private final SyncTarget target;
  private final DirectoryQueue queue;
  private final Predicate<NamespacePath> worthListingAhead;
  private final int mostHelpers;
  private final Supplier<DirectoryWorker> newHelper;
  // Guarded by this.
  private final Deque<FoundDirectory> window = new ArrayDeque<>();
  private int helpers;
  private Throwable failure;

  /**
   * @param worthListingAhead whether a directory will be listed at all
   * @param mostHelpers beside the run's own thread
   */
  DirectoryCrew(
      SyncContext context,
      SyncTarget target,
      DirectoryQueue queue,
      Predicate<NamespacePath> worthListingAhead,
      int mostHelpers,
      Supplier<DirectoryWorker> newHelper) {
    this.context = context;
    this.target = target;
    this.queue = queue;
    this.worthListingAhead = worthListingAhead;
    this.mostHelpers = mostHelpers;
    this.newHelper = newHelper;
  }

  /** Takes up directories, and helps those who find them, until none is left. */
  void work(DirectoryWorker own) throws InterruptedException {
    try {
      do {
        workOff(own);
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

  /** New directories are in the queue: whoever may help is called. */
  void found() {
    synchronized (this) {
      notifyAll();
    }
    while (mayRecruit()) {
      if (!context.pool().help(target.mount().mountId(), this::help)) {
        left();
        return;
      }
    }
  }

  private synchronized boolean mayRecruit() {
    if (failure != null || helpers >= mostHelpers || queue.size() + window.size() <= helpers) {
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
    try (DirectoryWorker helper = newHelper.get()) {
      workOff(helper);
    } catch (Throwable e) {
      fail(e);
    } finally {
      left();
    }
  }

  private void workOff(DirectoryWorker worker) throws InterruptedException {
    boolean own = worker.isOwn();
    while (true) {
      FoundDirectory next = own || !context.pool().isWanted() ? take() : null;
      if (next == null) {
        // What was found may be known only once it is journaled.
        worker.settle();
        next = own || !context.pool().isWanted() ? take() : null;
        if (next == null) {
          return;
        }
      }
      try (DirectoryListing listing = next.listing()) {
        worker.compare(next.path(), listing);
      }
    }
  }

  private synchronized FoundDirectory take() {
    if (failure != null) {
      return null;
    }
    FoundDirectory next = window.poll();
    if (next == null) {
      NamespacePath path = queue.poll();
      next = path == null ? null : found(path);
    }
    listAhead();
    context.progress().queued = queue.size() + window.size();
    return next;
  }

  private FoundDirectory found(NamespacePath path) {
    return new FoundDirectory(path, new DirectoryListing(context, target.at(path)));
  }

  private void listAhead() {
    while (context.listings().isOn() && window.size() < WINDOW) {
      if (!context.listings().hasRoom()) {
        return;
      }
      NamespacePath path = queue.poll();
      if (path == null) {
        return;
      }
      FoundDirectory next = found(path);
      window.add(next);
      if (worthListingAhead.test(path)) {
        next.listing().ahead();
      }
    }
  }

  private synchronized void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    notifyAll();
  }

  /** Waits for helpers to find more; false if all is done. */
  private synchronized boolean awaitMore() throws InterruptedException {
    while (failure == null && window.isEmpty() && queue.size() == 0) {
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
      for (FoundDirectory left : window) {
        left.listing().close();
      }
      window.clear();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
