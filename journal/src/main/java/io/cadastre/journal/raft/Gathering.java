package io.cadastre.journal.raft;

/**
 * How long a small entry waits for the callers that were answered just now.
 *
 * <p>Callers that wait for each answer before they ask again fall into two halves that take turns,
 * one in the entry that is on its way and one in the queue, and every round of calls costs two
 * entries. So when an entry has been applied the next one waits until as many operations have
 * queued up as that entry and the queue had together, but for no longer than a share of the time
 * that the entry was on its way. Where the callers do not come back, as when each is another, it
 * soon stops waiting and only tries again from time to time. A caller that is alone never waits.
 *
 * <p>Databases know this as the delay of a group commit; here it is bounded by what an entry takes
 * and needs no setting. Not thread-safe: the writer's lock guards it.
 */
final class Gathering {
  private static final int SHARE_OF_FLIGHT = 2;
  private static final long LONGEST_NANOS = 5_000_000;

  /** After how many entries at most, as a power of two, it tries again. */
  private static final int MOST_MISSES = 6;

  private int expected;
  private long untilNanos;
  private int misses;
  private int toSkip;

  /**
   * The last entry on its way has been applied.
   *
   * @param operations what it carried
   * @param queued operations that wait already
   * @param flightNanos how long it was on its way
   */
  void finished(int operations, int queued, long flightNanos, long nowNanos) {
    if (toSkip > 0) {
      toSkip--;
      expected = 0;
      return;
    }
    expected = operations + queued;
    untilNanos = nowNanos + Math.min(flightNanos / SHARE_OF_FLIGHT, LONGEST_NANOS);
  }

  /** How much longer what is queued waits; 0 or less: it leaves now. */
  long nanosLeft(int queued, long nowNanos) {
    return queued >= expected ? 0 : untilNanos - nowNanos;
  }

  /**
   * An entry leaves. One that leaves early, because it is large enough, says nothing about the
   * callers.
   *
   * @param queued operations that waited; the entry may carry fewer
   */
  void leaves(int queued, long nowNanos) {
    if (expected == 0) {
      return;
    }
    if (queued >= expected - expected / 8) {
      misses = 0;
    } else if (nowNanos >= untilNanos) {
      misses = Math.min(misses + 1, MOST_MISSES);
      toSkip = 1 << misses;
    }
    expected = 0;
  }
}
