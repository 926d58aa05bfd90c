package io.cadastre.core.time;

/** Where a component gets the time from. Implementations are thread-safe and never block. */
public interface TimeSource {
  /** UTC milliseconds since 1970. May jump in either direction when the clock is set. */
  long wallMillis();

  /**
   * Nanoseconds since some fixed moment; never goes back. Only differences mean anything, and they
   * are to be compared as differences ({@code a - b > 0}), since the value may overflow.
   */
  long nanoTime();

  /** The machine's clocks. */
  static TimeSource system() {
    return SystemTimeSource.INSTANCE;
  }
}
