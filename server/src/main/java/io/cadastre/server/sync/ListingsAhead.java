package io.cadastre.server.sync;

import com.codahale.metrics.Counter;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/**
 * The UfsStatusCache: pages of listings that running syncs will want next, fetched ahead by threads
 * of their own, so that a store's latency overlaps with work. Bounded by entries, over all syncs: a
 * page that is asked for counts as a full one until it is there. What does not fit is not fetched
 * ahead, and is asked for by the sync itself. Thread-safe.
 */
public final class ListingsAhead {
  /** Entries that a page may have, for what is not there yet. */
  static final int PAGE = 1_000;

  private final Executor threads;
  private final int most;
  private final Semaphore room;
  private final Counter hits;
  private final Counter misses;

  /**
   * @param threads of prefetching; null turns it off
   * @param mostEntries entries kept, at least one page's
   * @param hits counts listings whose first page was fetched ahead when it was wanted
   * @param misses counts those of which it was not
   */
  public ListingsAhead(Executor threads, int mostEntries, Counter hits, Counter misses) {
    this.threads = threads;
    this.most = Math.max(PAGE, mostEntries);
    this.room = new Semaphore(most);
    this.hits = hits;
    this.misses = misses;
  }

  boolean isOn() {
    return threads != null;
  }

  /** Whether a page more would fit now. */
  boolean hasRoom() {
    return isOn() && room.availablePermits() >= PAGE;
  }

  /** Takes room for a page that is about to be asked for; false if there is none. */
  boolean reserve() {
    return isOn() && room.tryAcquire(PAGE);
  }

  /** Gives room back. */
  void release(int entries) {
    room.release(entries);
  }

  /** Entries there is no room for any more, pages that are asked for included. */
  public int used() {
    return most - room.availablePermits();
  }

  /** Runs a request on a thread of its own; false if there is none to be had. */
  boolean submit(Runnable request) {
    try {
      threads.execute(request);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  void wanted(boolean wasThere) {
    (wasThere ? hits : misses).inc();
  }
}
