package io.cadastre.server.cache;

/**
 * For each key the state index of its last invalidation, or a later one: keys share a fixed number
 * of stripes, so the table does not grow, and a key may seem to have been invalidated when only its
 * neighbour was. That costs an insertion, never correctness.
 *
 * <p>Looking up the index and inserting is one step, as is raising it and removing: both happen in
 * the stripe's mutex. Thread-safe.
 */
class InvalidationTable {
  private final Stripe[] stripes;

  /**
   * @param stripes a power of two
   */
  InvalidationTable(int stripes) {
    if (Integer.bitCount(stripes) != 1) {
      throw new IllegalArgumentException("stripes: expected a power of two, got " + stripes);
    }
    this.stripes = new Stripe[stripes];
    for (int i = 0; i < stripes; i++) {
      this.stripes[i] = new Stripe();
    }
  }

  /**
   * Runs `insertion` if no key of this hash was invalidated after `readIndex`.
   *
   * @return whether it ran
   */
  boolean insert(int hash, long readIndex, Runnable insertion) {
    Stripe stripe = stripe(hash);
    synchronized (stripe) {
      if (!mayInsert(readIndex, stripe.invalidatedIndex)) {
        return false;
      }
      insertion.run();
      return true;
    }
  }

  /** Refuses all later insertions that were read before `stateIndex`, then runs `removal`. */
  void invalidate(int hash, long stateIndex, Runnable removal) {
    Stripe stripe = stripe(hash);
    synchronized (stripe) {
      stripe.raise(stateIndex);
      removal.run();
    }
  }

  /**
   * Refuses all later insertions of whatever key that were read before `stateIndex`. Insertions
   * that were let through have been done when this returns.
   */
  void invalidateAll(long stateIndex) {
    for (Stripe stripe : stripes) {
      synchronized (stripe) {
        stripe.raise(stateIndex);
      }
    }
  }

  /** What was read at the index of an invalidation has seen the change that was the reason. */
  boolean mayInsert(long readIndex, long invalidatedIndex) {
    return readIndex >= invalidatedIndex;
  }

  private Stripe stripe(int hash) {
    int spread = hash * 0x9E3779B9;
    return stripes[(spread ^ (spread >>> 16)) & (stripes.length - 1)];
  }

  /** Its monitor guards its index, and insertions and removals of all its keys. */
  private static final class Stripe {
    private long invalidatedIndex;

    void raise(long stateIndex) {
      invalidatedIndex = Math.max(invalidatedIndex, stateIndex);
    }
  }
}
