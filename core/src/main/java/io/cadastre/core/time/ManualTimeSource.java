package io.cadastre.core.time;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Time that stands still until a test moves it. The two clocks are independent, as they are on a
 * real machine: {@link #advance} moves both, {@link #setWallMillis} makes only the wall clock jump.
 */
public final class ManualTimeSource implements TimeSource {
  private final AtomicLong wallMillis;
  private final AtomicLong nanos = new AtomicLong();

  /** Starts at 2026-01-01T00:00:00Z. */
  public ManualTimeSource() {
    this(1_767_225_600_000L);
  }

  public ManualTimeSource(long wallMillis) {
    this.wallMillis = new AtomicLong(wallMillis);
  }

  @Override
  public long wallMillis() {
    return wallMillis.get();
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  /**
   * Lets time pass on both clocks. What is less than a millisecond moves the monotonic clock only.
   *
   * @throws IllegalArgumentException if `by` is negative: the monotonic clock never goes back
   */
  public void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("time does not go back: " + by);
    }
    wallMillis.addAndGet(by.toMillis());
    nanos.addAndGet(by.toNanos());
  }

  /** Makes the wall clock jump, as an administrator or a time daemon would. */
  public void setWallMillis(long millis) {
    wallMillis.set(millis);
  }
}
