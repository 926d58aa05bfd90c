package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.DaemonThreads;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/**
 * Looks at many entries by several threads: on a network file system each look is a round trip, and
 * on any a large directory is read sooner. Who wants them looks too, and alone if all helpers are
 * busy or stuck. Thread-safe.
 */
final class EntryLooks implements AutoCloseable {
  /** Helpers of one store, for all its listings. */
  private static final int HELPERS = 8;

  /** Helpers of one page, where looking is waiting. */
  static final int HELPERS_EACH = 3;

  /** Fewer are not worth a helper. */
  private static final int STEP = 64;

  private static final long IDLE_SECONDS = 30;

  private final ExecutorService helpers =
      new ThreadPoolExecutor(
          0,
          HELPERS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          DaemonThreads.named("local-looks"));

  private final IntSupplier helpersEach;

  /**
   * @param helpersEach most helpers of one page
   */
  EntryLooks(IntSupplier helpersEach) {
    this.helpersEach = helpersEach;
  }

  /** What one caller wants. Done when all entries are. */
  private static final class Looks implements Runnable {
    private final int count;
    private final IntConsumer look;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch steps;
    private volatile RuntimeException failure;

    Looks(int count, IntConsumer look) {
      this.count = count;
      this.look = look;
      this.steps = new CountDownLatch((count + STEP - 1) / STEP);
    }

    @Override
    public void run() {
      for (int from = next.getAndAdd(STEP); from < count; from = next.getAndAdd(STEP)) {
        try {
          for (int i = from; i < Math.min(count, from + STEP); i++) {
            look.accept(i);
          }
        } catch (RuntimeException e) {
          failure = e;
        } finally {
          steps.countDown();
        }
      }
    }
  }

  /**
   * Looks at the entries 0 to count - 1, in any order; what it writes is seen by the caller.
   *
   * @throws io.cadastre.ufs.spi.UfsException UNAVAILABLE if a helper has not come back by then
   */
  void at(int count, IntConsumer look, StoreDeadline deadline) {
    Looks looks = new Looks(count, look);
    int most = helpersEach.getAsInt();
    for (int helper = 0; helper < most && (helper + 1) * STEP < count; helper++) {
      try {
        helpers.execute(looks);
      } catch (RejectedExecutionException allAreBusy) {
        break;
      }
    }
    looks.run();
    try {
      while (!looks.steps.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
        deadline.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UfsException(Kind.UNKNOWN, "Interrupted while a directory was listed", e);
    }
    if (looks.failure != null) {
      throw looks.failure;
    }
  }

  @Override
  public void close() {
    helpers.shutdownNow();
  }
}
