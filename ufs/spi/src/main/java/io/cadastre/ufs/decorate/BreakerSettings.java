package io.cadastre.ufs.decorate;

import java.time.Duration;

/**
 * When a mount's circuit opens, and for how long.
 *
 * @param failures in a row that open it; 0 for never
 * @param window within which they have to come
 * @param pauseMin before the first try after it has opened
 * @param pauseMax the longest pause; each try that fails doubles the pause up to it
 * @param patience how long a request must have been waited for before its end by time-out counts
 *     against the store, and not against a caller in a hurry
 */
public record BreakerSettings(
    int failures, Duration window, Duration pauseMin, Duration pauseMax, Duration patience) {
  public BreakerSettings {
    if (failures < 0 || pauseMin.isNegative() || pauseMin.compareTo(pauseMax) > 0) {
      throw new IllegalArgumentException(
          "failures " + failures + ", pauses " + pauseMin + " to " + pauseMax);
    }
  }
}
