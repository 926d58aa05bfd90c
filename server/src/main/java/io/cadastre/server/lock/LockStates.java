package io.cadastre.server.lock;

import io.cadastre.core.time.TimeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * The rules of the lock table, without threads and futures: who is let in, and whom a release lets
 * in. Not thread-safe: guarded by the table.
 *
 * <p>A waiter stands in the queue of every one of its keys and holds none. It waits only for
 * holders and for waiters that came before it, so there is no circle; and once it is the oldest
 * waiter and its patience is over, nobody else is let in on any of its keys, so it is granted as
 * soon as those who hold them are done. Granting a request never unblocks another one, since as a
 * holder it is in the way of at least those it was in the way of as a waiter; time passing does not
 * either. So queues need a look only when a key is freed and when a waiter leaves.
 */
final class LockStates {
  /** The ticket of a request that does not wait yet: everybody came before it. */
  private static final long NEWEST = Long.MAX_VALUE;

  private final TimeSource time;
  private final Map<String, KeyState> states = new HashMap<>();
  private final LinkedHashSet<Waiter> waiters = new LinkedHashSet<>();

  /** Empty but for the time of a release; a field so that a release makes no garbage. */
  private final ArrayList<Waiter> candidates = new ArrayList<>();

  private int handles;
  private long locks;

  LockStates(TimeSource time) {
    this.time = time;
  }

  /**
   * Grants the request of a fresh handle if all its keys can be had.
   *
   * @param found as many empty places as the request has keys; becomes the handle's if granted,
   *     worthless if not
   * @return -1 if granted, else the index of the first key that is in the way; nothing is held then
   */
  int tryGrant(LockedPaths handle, KeyState[] found) {
    LockRequest request = handle.request();
    for (int i = 0; i < found.length; i++) {
      KeyState state = states.get(request.key(i));
      if (state != null && !state.admits(request.isExclusive(i), NEWEST, time)) {
        return i;
      }
      found[i] = state;
    }
    for (int i = 0; i < found.length; i++) {
      if (found[i] == null) {
        found[i] = newState(request.key(i));
      }
      found[i].hold(request.isExclusive(i));
    }
    handle.states = found;
    handles++;
    locks += found.length;
    return -1;
  }

  private KeyState newState(String key) {
    KeyState state = new KeyState(key);
    states.put(key, state);
    return state;
  }

  /** Puts a waiter at the end of the queue of each of its keys. */
  void enqueue(Waiter waiter) {
    LockRequest request = waiter.request();
    waiter.handle.states = new KeyState[request.size()];
    for (int i = 0; i < request.size(); i++) {
      KeyState state = states.get(request.key(i));
      if (state == null) {
        state = newState(request.key(i));
      }
      state.add(waiter, request.isExclusive(i));
      waiter.handle.states[i] = state;
    }
    waiters.add(waiter);
  }

  boolean isWaiting(Waiter waiter) {
    return waiters.contains(waiter);
  }

  /** Takes a waiter out of all queues; whom that lets in is granted and added to `granted`. */
  void abandon(Waiter waiter, List<Waiter> granted) {
    leaveQueues(waiter);
    wake(waiter.request(), takeStates(waiter.handle), granted);
  }

  /** Frees what the handle holds; returns whom that let in. */
  List<Waiter> release(LockedPaths handle) {
    LockRequest request = handle.request();
    KeyState[] freed = takeStates(handle);
    handles--;
    locks -= freed.length;
    // All keys first: a waiter may need several of them.
    for (int i = 0; i < freed.length; i++) {
      freed[i].free(request.isExclusive(i));
    }
    List<Waiter> granted = new ArrayList<>(0);
    wake(request, freed, granted);
    return granted;
  }

  private static KeyState[] takeStates(LockedPaths handle) {
    KeyState[] states = handle.states;
    handle.states = null;
    return states;
  }

  /** Lets in who can be let in now that a holder or waiter has left these keys, oldest first. */
  private void wake(LockRequest request, KeyState[] freed, List<Waiter> granted) {
    for (int i = 0; i < freed.length; i++) {
      if (freed[i].isIdle()) {
        states.remove(freed[i].key);
      } else {
        freed[i].addCandidates(request.isExclusive(i), time, candidates);
      }
    }
    if (candidates.size() > 1) {
      candidates.sort(Waiter.BY_ARRIVAL);
    }
    Waiter last = null;
    for (int i = 0; i < candidates.size(); i++) {
      Waiter waiter = candidates.get(i);
      // Several of the keys may have named the same waiter; then they stand side by side.
      if (waiter != last) {
        tryGrantWaiting(waiter, granted);
      }
      last = waiter;
    }
    candidates.clear();
  }

  private void tryGrantWaiting(Waiter waiter, List<Waiter> granted) {
    LockRequest request = waiter.request();
    KeyState[] wanted = waiter.handle.states;
    for (int i = 0; i < wanted.length; i++) {
      if (!wanted[i].admits(request.isExclusive(i), waiter.ticket, time)) {
        waiter.blockedOn = i;
        return;
      }
    }
    leaveQueues(waiter);
    for (int i = 0; i < wanted.length; i++) {
      wanted[i].hold(request.isExclusive(i));
    }
    handles++;
    locks += wanted.length;
    granted.add(waiter);
  }

  private void leaveQueues(Waiter waiter) {
    LockRequest request = waiter.request();
    KeyState[] wanted = waiter.handle.states;
    for (int i = 0; i < wanted.length; i++) {
      wanted[i].remove(waiter, request.isExclusive(i));
    }
    waiters.remove(waiter);
  }

  /** In order of arrival; not a copy. */
  Iterable<Waiter> waiters() {
    return waiters;
  }

  /** The waiter that came first; there must be one. */
  Waiter oldest() {
    return waiters.iterator().next();
  }

  int waiting() {
    return waiters.size();
  }

  /** Requests that are granted and not released. */
  int handles() {
    return handles;
  }

  /** Keys of those requests, each counted as often as it is held. */
  long locks() {
    return locks;
  }

  /** Keys that somebody holds or waits for. */
  int keys() {
    return states.size();
  }

  /** Forgets everything. */
  void clear() {
    states.clear();
    waiters.clear();
    handles = 0;
    locks = 0;
  }
}
