package io.cadastre.journal.raft;

import io.cadastre.core.time.TimeSource;

/**
 * Cluster time of one leadership: starts at the later of the last journaled time and the wall
 * clock, then advances by the monotonic clock, so that a step of the wall clock neither ages nor
 * rejuvenates anything. Thread-safe.
 */
public final class ClusterClock {
  private final TimeSource time;
  private final long startMillis;
  private final long startNanos;

  /**
   * @param lastJournaledMillis cluster time of the newest applied entry
   */
  public ClusterClock(TimeSource time, long lastJournaledMillis) {
    this.time = time;
    this.startMillis = Math.max(lastJournaledMillis, time.wallMillis());
    this.startNanos = time.nanoTime();
  }

  /** UTC milliseconds, as the cluster counts them. */
  public long millis() {
    return startMillis + (time.nanoTime() - startNanos) / 1_000_000;
  }
}
