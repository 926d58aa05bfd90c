package io.cadastre.ufs.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Holds requests until a test lets them go. Like a hard-mounted network file system it knows no
 * deadline and no interrupt.
 */
public final class Gate {
  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  Gate() {}

  /**
   * Waits until a request stands at the gate.
   *
   * @throws AssertionError if none came in time
   */
  public void awaitArrival(Duration timeout) {
    try {
      if (!arrived.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new AssertionError("no request came to the gate within " + timeout);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for a request", e);
    }
  }

  /** Waits up to ten seconds. */
  public void awaitArrival() {
    awaitArrival(Duration.ofSeconds(10));
  }

  /** Whether a request has come. */
  public boolean hasArrival() {
    return arrived.getCount() == 0;
  }

  /** Lets those that wait go, and all that come later. */
  public void release() {
    released.countDown();
  }

  void pass() {
    arrived.countDown();
    boolean interrupted = false;
    while (true) {
      try {
        released.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
