package io.cadastre.server.namespace.through;

import io.cadastre.server.transaction.Failpoints;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A failpoint at which threads stop until they are released, like those of a master that was
 * paused. They ignore interrupts, so that they come back as zombies of a master that was shut down.
 */
public final class Stops {
  private final Semaphore arrived = new Semaphore(0);
  private final CountDownLatch released = new CountDownLatch(1);

  /** What stops whoever gets to this point. */
  public Failpoints at(Failpoints.Point point) {
    return Failpoints.of(Map.of(point, this::stop));
  }

  private void stop() {
    arrived.release();
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

  /** Waits until so many threads have arrived. */
  public void await(int threads) throws InterruptedException {
    if (!arrived.tryAcquire(threads, 30, TimeUnit.SECONDS)) {
      throw new AssertionError(
          "only " + arrived.availablePermits() + " of " + threads + " arrived");
    }
  }

  /** Lets all go on. */
  public void release() {
    released.countDown();
  }
}
