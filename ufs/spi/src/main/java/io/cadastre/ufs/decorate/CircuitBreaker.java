package io.cadastre.ufs.decorate;

import io.cadastre.core.time.TimeSource;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a store is asked at all. Closed: every request is sent, and failures in a row are
 * counted. Open: none is sent until the pause is over; then one, the probe, while the others still
 * fail. If that is answered the circuit closes; if not, the pause doubles. Thread-safe; never
 * waits.
 */
final class CircuitBreaker {
  private static final Logger LOG = LoggerFactory.getLogger(CircuitBreaker.class);

  /** How a request ended, for this purpose. */
  enum Outcome {
    /** The store said something, though it be a refusal. */
    ANSWERED,
    /** The store did not answer. */
    FAILED,
    /** It tells nothing of the store. */
    NEITHER
  }

  private final String storeName;
  private final BreakerSettings settings;
  private final TimeSource time;
  private final BreakerObserver observer;
  private final long[] failedAt;
  // Guarded by this.
  private int inARow;
  private boolean open;
  private boolean probing;
  private long openSinceMillis;
  private long pauseNanos;
  private long nextTry;
  private String lastFailure = "";

  CircuitBreaker(
      String storeName, BreakerSettings settings, TimeSource time, BreakerObserver observer) {
    this.storeName = storeName;
    this.settings = settings;
    this.time = time;
    this.observer = observer;
    this.failedAt = new long[settings.failures()];
  }

  synchronized boolean isOpen() {
    return open;
  }

  /**
   * To be called before a request; {@link #ended} must follow.
   *
   * @return whether it is the probe
   * @throws UfsException UNAVAILABLE if it is not to be sent
   */
  boolean admit() {
    UfsException refusal;
    synchronized (this) {
      if (!open) {
        return false;
      }
      long left = nextTry - time.nanoTime();
      if (!probing && left <= 0) {
        probing = true;
        return true;
      }
      refusal = refusal(left);
    }
    observer.refused();
    throw refusal;
  }

  private UfsException refusal(long left) {
    return new UfsException(
        Kind.UNAVAILABLE,
        "The store "
            + storeName
            + " does not answer: circuit open since "
            + Instant.ofEpochMilli(openSinceMillis)
            + ", "
            + (probing
                ? "a request is trying it now"
                : "next try in " + TimeUnit.NANOSECONDS.toMillis(left + 999_999) + " ms")
            + "; nothing was sent (the last failure: "
            + lastFailure
            + ")");
  }

  /**
   * To be called when an admitted request has ended, however it ended.
   *
   * @param failure its message if it failed
   */
  void ended(boolean probe, Outcome outcome, String failure) {
    boolean opens = false;
    boolean closes = false;
    synchronized (this) {
      if (probe) {
        probing = false;
      }
      if (outcome == Outcome.ANSWERED) {
        closes = open;
        open = false;
        inARow = 0;
      } else if (outcome == Outcome.FAILED && settings.failures() > 0) {
        lastFailure = failure;
        if (!open) {
          opens = countFailure();
        } else if (probe) {
          pauseNanos = Math.min(2 * pauseNanos, settings.pauseMax().toNanos());
          nextTry = time.nanoTime() + pauseNanos;
        }
      }
    }
    if (opens) {
      LOG.warn("The store {} does not answer, and is left alone: {}", storeName, failure);
      observer.opened();
    } else if (closes) {
      LOG.warn("The store {} answers again", storeName);
      observer.closed();
    }
  }

  /** Returns whether the circuit opens. */
  private boolean countFailure() {
    long now = time.nanoTime();
    int oldest = (inARow + 1) % failedAt.length;
    failedAt[inARow % failedAt.length] = now;
    inARow++;
    if (inARow < failedAt.length || now - failedAt[oldest] > settings.window().toNanos()) {
      return false;
    }
    open = true;
    inARow = 0;
    openSinceMillis = time.wallMillis();
    pauseNanos = settings.pauseMin().toNanos();
    nextTry = now + pauseNanos;
    return true;
  }
}
