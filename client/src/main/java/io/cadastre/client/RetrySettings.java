package io.cadastre.client;

/**
 * How often and how fast failed attempts are repeated within a call's time.
 *
 * @param enabled false: one attempt is one call (for test harnesses)
 * @param initialBackoffMillis the pause after the first BUSY and the like; doubles each time
 * @param maxBackoffMillis the longest pause
 * @param storeAttempts attempts after which an error of the under storage is given to the caller
 */
public record RetrySettings(
    boolean enabled, int initialBackoffMillis, int maxBackoffMillis, int storeAttempts) {
  public static final RetrySettings DEFAULT = new RetrySettings(true, 5, 1_000, 3);

  public RetrySettings {
    Checks.require(initialBackoffMillis > 0, "initialBackoffMillis", "1 or more expected");
    Checks.require(
        maxBackoffMillis >= initialBackoffMillis,
        "maxBackoffMillis",
        "at least initialBackoffMillis expected");
    Checks.require(storeAttempts > 0, "storeAttempts", "1 or more expected");
  }

  public RetrySettings withEnabled(boolean newEnabled) {
    return new RetrySettings(newEnabled, initialBackoffMillis, maxBackoffMillis, storeAttempts);
  }
}
