package io.cadastre.server.lock;

import io.cadastre.core.time.TimeSource;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Who holds and who waits for one key. Not thread-safe: guarded by the table.
 *
 * <p>Waiters of a mode are in order of arrival, so the first one is the one with the lowest ticket,
 * and of the exclusive ones also the first to lose patience: both questions below look at heads
 * only.
 */
final class KeyState {
  final String key;
  private int sharedHolders;
  private boolean heldExclusively;

  /** Most keys never have a waiter: created with the first. */
  private LinkedHashSet<Waiter> sharedWaiters;

  private LinkedHashSet<Waiter> exclusiveWaiters;

  KeyState(String key) {
    this.key = key;
  }

  /**
   * Whether a request may have this key now, as far as this key is concerned. An exclusive one must
   * find no holder and nobody who came before it; a shared one must find no exclusive holder, and
   * nobody exclusive who came before it and has lost patience.
   *
   * @param ticket the request's place in the order of arrival
   */
  boolean admits(boolean exclusive, long ticket, TimeSource time) {
    if (heldExclusively) {
      return false;
    }
    Waiter firstExclusive = firstExclusiveWaiter();
    boolean exclusiveFirst = firstExclusive != null && firstExclusive.ticket < ticket;
    if (exclusive) {
      return sharedHolders == 0 && !exclusiveFirst && !hasSharedWaiterBefore(ticket);
    }
    return !exclusiveFirst || time.nanoTime() - firstExclusive.patientUntilNanos < 0;
  }

  private boolean hasSharedWaiterBefore(long ticket) {
    return sharedWaiters != null
        && !sharedWaiters.isEmpty()
        && sharedWaiters.iterator().next().ticket < ticket;
  }

  void hold(boolean exclusive) {
    if (heldExclusively || (exclusive && sharedHolders > 0)) {
      throw new IllegalStateException("granted a key that is held: " + key);
    }
    if (exclusive) {
      heldExclusively = true;
    } else {
      sharedHolders++;
    }
  }

  void free(boolean exclusive) {
    if (exclusive ? !heldExclusively : sharedHolders == 0) {
      throw new IllegalStateException("released a key that is not held: " + key);
    }
    if (exclusive) {
      heldExclusively = false;
    } else {
      sharedHolders--;
    }
  }

  void add(Waiter waiter, boolean exclusive) {
    if (exclusive) {
      exclusiveWaiters = exclusiveWaiters == null ? new LinkedHashSet<>() : exclusiveWaiters;
      exclusiveWaiters.add(waiter);
    } else {
      sharedWaiters = sharedWaiters == null ? new LinkedHashSet<>() : sharedWaiters;
      sharedWaiters.add(waiter);
    }
  }

  void remove(Waiter waiter, boolean exclusive) {
    if (!(exclusive ? exclusiveWaiters : sharedWaiters).remove(waiter)) {
      throw new IllegalStateException("not a waiter of " + key);
    }
  }

  private Waiter firstExclusiveWaiter() {
    return exclusiveWaiters == null || exclusiveWaiters.isEmpty()
        ? null
        : exclusiveWaiters.iterator().next();
  }

  /**
   * Adds those waiters that may have a chance after somebody has left this key. Of the exclusive
   * ones that is the first only, as it is in the way of the others. For the shared ones nothing has
   * changed if it was a shared one who left.
   */
  void addCandidates(boolean exclusiveLeft, TimeSource time, List<Waiter> candidates) {
    if (heldExclusively) {
      return;
    }
    Waiter firstExclusive = firstExclusiveWaiter();
    if (firstExclusive != null && sharedHolders == 0) {
      candidates.add(firstExclusive);
    }
    if (exclusiveLeft && sharedWaiters != null) {
      for (Waiter waiter : sharedWaiters) {
        if (!admits(false, waiter.ticket, time)) {
          return; // nor anybody who came later
        }
        candidates.add(waiter);
      }
    }
  }

  /** Whether nobody holds it and nobody waits for it, so that it can be forgotten. */
  boolean isIdle() {
    return sharedHolders == 0
        && !heldExclusively
        && (sharedWaiters == null || sharedWaiters.isEmpty())
        && (exclusiveWaiters == null || exclusiveWaiters.isEmpty());
  }
}
