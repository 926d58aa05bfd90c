package io.cadastre.server.lock;

import java.time.Duration;

/**
 * How locks are waited for.
 *
 * @param patience how long a waiting exclusive lock lets new shared ones pass, from its arrival;
 *     zero: not at all
 * @param maxWaiters most requests that may wait at once, 1 or more; further ones are answered BUSY
 */
public record LockSettings(Duration patience, int maxWaiters) {
  /** 50 ms, 10,000 waiters (about 1 KiB each). */
  public static final LockSettings DEFAULT = new LockSettings(Duration.ofMillis(50), 10_000);

  public LockSettings {
    if (patience.isNegative() || patience.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException("patience: expected 0 to 1 h, got " + patience);
    }
    if (maxWaiters < 1) {
      throw new IllegalArgumentException("maxWaiters: expected 1 or more, got " + maxWaiters);
    }
  }
}
