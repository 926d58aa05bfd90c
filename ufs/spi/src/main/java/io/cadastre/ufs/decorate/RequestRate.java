package io.cadastre.ufs.decorate;

import io.cadastre.core.time.TimeSource;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.util.concurrent.TimeUnit;

/**
 * Gives each request the moment at which it may be sent, so many in a second, evenly. After a quiet
 * time a tenth of a second's requests may go at once. Thread-safe; does not wait itself.
 */
final class RequestRate {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long BURST = SECOND / 10;

  /** Why a request was not sent although its store may be well. */
  static final class LimitReachedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LimitReachedException() {
      super("the mount's rate of requests is used up", null, false, false);
    }
  }

  private final TimeSource time;
  private final int perSecond;
  private final long spacing;
  // Guarded by this.
  private long nextFree;

  RequestRate(int perSecond, TimeSource time) {
    this.time = time;
    this.perSecond = perSecond;
    this.spacing = SECOND / perSecond;
    this.nextFree = time.nanoTime();
  }

  /**
   * Takes the next free moment.
   *
   * @return nanoseconds to wait for it; 0 if it is now
   * @throws UfsException UNAVAILABLE if it comes after the deadline; then it is left to others
   */
  synchronized long take(StoreDeadline deadline) {
    deadline.check();
    long now = time.nanoTime();
    if (nextFree - (now - BURST) < 0) {
      nextFree = now - BURST;
    }
    long wait = Math.max(0, nextFree - now);
    if (wait > deadline.remainingNanos()) {
      throw new UfsException(
          Kind.UNAVAILABLE,
          "The mount's limit of "
              + perSecond
              + " requests a second leaves no room before the deadline; nothing was sent",
          new LimitReachedException());
    }
    nextFree += spacing;
    return wait;
  }
}
