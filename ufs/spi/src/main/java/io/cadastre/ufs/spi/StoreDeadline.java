package io.cadastre.ufs.spi;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The moment after which the caller no longer waits, on this process's monotonic clock. Immutable.
 *
 * @param atNanos in the time of {@link System#nanoTime()}
 */
public record StoreDeadline(long atNanos) {
  /** Longest deadline: a day. Longer ones are cut to it, so that nothing waits for ever. */
  private static final long LONGEST_MILLIS = TimeUnit.DAYS.toMillis(1);

  public static StoreDeadline afterMillis(long millis) {
    long bounded = Math.max(0, Math.min(millis, LONGEST_MILLIS));
    return new StoreDeadline(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(bounded));
  }

  public static StoreDeadline after(Duration duration) {
    return afterMillis(duration.toMillis());
  }

  /** Nanoseconds left; 0 when it has passed. */
  public long remainingNanos() {
    return Math.max(0, atNanos - System.nanoTime());
  }

  /** Milliseconds left, rounded up; 0 when it has passed. */
  public long remainingMillis() {
    return (remainingNanos() + 999_999) / 1_000_000;
  }

  public boolean expired() {
    return remainingNanos() == 0;
  }

  /**
   * To be called before each request to a store.
   *
   * @throws UfsException UNAVAILABLE if the deadline has passed: the request was not sent
   */
  public void check() {
    if (expired()) {
      throw new UfsException(
          UfsException.Kind.UNAVAILABLE,
          "The deadline passed before the store was asked; retry with a longer one");
    }
  }

  /** The earlier of the two. */
  public StoreDeadline orEarlier(StoreDeadline other) {
    return atNanos - other.atNanos <= 0 ? this : other;
  }
}
