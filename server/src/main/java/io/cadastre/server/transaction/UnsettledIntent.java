package io.cadastre.server.transaction;

import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.server.lock.LockedPaths;
import java.util.concurrent.CompletableFuture;

/**
 * A store change of which it is not known whether the store made it, with the locks that keep its
 * paths closed until somebody has found out. Thread-safe.
 */
public final class UnsettledIntent {
  private static final long FIRST_PAUSE_NANOS = 50_000_000L;
  private static final int MOST_DOUBLINGS = 7;

  private final OpenIntent intent;
  private final LockedPaths held;
  private final CompletableFuture<Applied> answer;
  private final long patientUntilNanos;
  // Guarded by this.
  private String reason;
  private long nextTryNanos = System.nanoTime();
  private int tries;
  private boolean busy;

  /**
   * @param answer for who waits for it; nobody may
   * @param patientUntilNanos {@link System#nanoTime()} before which a request that was sent may
   *     still be on its way, so that "not done" cannot be believed
   */
  UnsettledIntent(
      OpenIntent intent,
      LockedPaths held,
      CompletableFuture<Applied> answer,
      long patientUntilNanos,
      String reason) {
    this.intent = intent;
    this.held = held;
    this.answer = answer;
    this.patientUntilNanos = patientUntilNanos;
    this.reason = reason;
  }

  public OpenIntent intent() {
    return intent;
  }

  /** Whether a request of this intent may still reach the store, as far as time says. */
  public boolean mayStillArrive(long nowNanos) {
    return nowNanos - patientUntilNanos < 0;
  }

  /** Why it is not settled, for operators. */
  public synchronized String reason() {
    return reason;
  }

  /** Takes it for one attempt; false if another one runs or it is not time yet. */
  synchronized boolean begin(long nowNanos) {
    if (busy || nowNanos - nextTryNanos < 0) {
      return false;
    }
    busy = true;
    return true;
  }

  /** The attempt found nothing out: another one follows, after a pause that doubles. */
  public synchronized void again(String why) {
    reason = why;
    busy = false;
    nextTryNanos = System.nanoTime() + (FIRST_PAUSE_NANOS << Math.min(tries++, MOST_DOUBLINGS));
  }

  LockedPaths held() {
    return held;
  }

  CompletableFuture<Applied> answer() {
    return answer;
  }
}
