package io.cadastre.server.cache;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bug "a stale entry is inserted": a reader that read a directory before it was renamed or
 * removed inserts it after that, unchecked. Made certain instead of rare: what was inserted last
 * for a name comes again right behind every n-th invalidation.
 */
public final class LateInsertions {
  private LateInsertions() {}

  /** A cache with this bug. */
  public static DirectoryCache cache(int maxEntries, int everyNth) {
    return new DirectoryCache(maxEntries, new Unchecked(everyNth));
  }

  private static final class Unchecked extends InvalidationTable {
    private final Map<Integer, Runnable> lastInsertions = new ConcurrentHashMap<>();
    private final AtomicInteger invalidations = new AtomicInteger();
    private final int everyNth;

    Unchecked(int everyNth) {
      super(64);
      this.everyNth = everyNth;
    }

    @Override
    boolean insert(int hash, long readIndex, Runnable insertion) {
      lastInsertions.put(hash, insertion);
      return super.insert(hash, readIndex, insertion);
    }

    @Override
    void invalidate(int hash, long stateIndex, Runnable removal) {
      super.invalidate(hash, stateIndex, removal);
      Runnable late = lastInsertions.remove(hash);
      if (late != null && invalidations.incrementAndGet() % everyNth == 0) {
        super.insert(hash, stateIndex, late);
      }
    }

    @Override
    boolean mayInsert(long readIndex, long invalidatedIndex) {
      return true;
    }
  }
}
