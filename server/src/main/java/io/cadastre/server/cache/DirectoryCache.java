package io.cadastre.server.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.atomic.LongAdder;

/**
 * Directories by parent id and name, bounded by a number of entries. Holds only what exists: that a
 * name is not there is never cached.
 *
 * <p><b>Why a view never sees a wrong entry.</b> Let an entry have been read by a view of index R,
 * and be found by a view of index V. It is given out only if R <= V, so it could be wrong only if
 * its edge changed at some index C with R < C <= V. The applier calls {@link #invalidate} for C
 * before it publishes C, hence before any view of index V >= C exists. If the entry was inserted
 * before that call, the call removed it. If it was to be inserted after, the insertion found that
 * its key was invalidated at C > R and was refused. There is no third case, because checking and
 * inserting are one step under the mutex of the key's stripe, and so are noting C and removing; see
 * {@link InvalidationTable}. Lookups take no lock: an entry found just before its removal by C is
 * found by a view older than C, for which it is right.
 *
 * <p>Thread-safe. {@link #invalidate} and {@link #clear} are for the applier and never wait for
 * store or network.
 */
public final class DirectoryCache {
  /** 16 bytes each; two keys in one stripe only cost each other an insertion now and then. */
  private static final int STRIPES = 4096;

  private record Key(long parentId, String name) {}

  private final Cache<Key, DirectoryEntry> entries;
  private final InvalidationTable invalidations;
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder refusals = new LongAdder();

  /**
   * @param maxEntries most directories to hold; 0 switches the cache off
   */
  public DirectoryCache(int maxEntries) {
    this(maxEntries, new InvalidationTable(STRIPES));
  }

  DirectoryCache(int maxEntries, InvalidationTable invalidations) {
    this.invalidations = invalidations;
    // Evicts on the thread that inserts, so that the bound does not depend on another pool's load.
    this.entries = Caffeine.newBuilder().maximumSize(maxEntries).executor(Runnable::run).build();
  }

  /**
   * The directory of this name as a view of `viewIndex` must see it; null if it has to be read from
   * the store.
   */
  public DirectoryEntry get(long parentId, String name, long viewIndex) {
    DirectoryEntry entry = entries.getIfPresent(new Key(parentId, name));
    if (entry == null || entry.readIndex() > viewIndex) {
      misses.increment();
      return null;
    }
    hits.increment();
    return entry;
  }

  /**
   * Keeps what a view has read, unless the name was invalidated after the view's index.
   *
   * @param entry read from the store snapshot of the view of index {@link DirectoryEntry#readIndex}
   * @return whether it was kept
   */
  public boolean put(long parentId, String name, DirectoryEntry entry) {
    Key key = new Key(parentId, name);
    boolean kept =
        invalidations.insert(key.hashCode(), entry.readIndex(), () -> entries.put(key, entry));
    if (!kept) {
      refusals.increment();
    }
    return kept;
  }

  /**
   * Forgets a directory whose edge, id, owner, group, mode or flags change at `stateIndex`. To be
   * called before that index is published.
   */
  public void invalidate(long parentId, String name, long stateIndex) {
    Key key = new Key(parentId, name);
    invalidations.invalidate(key.hashCode(), stateIndex, () -> entries.invalidate(key));
  }

  /** Forgets everything, as at the installation of a snapshot of `stateIndex`. */
  public void clear(long stateIndex) {
    // In this order: whatever is inserted from here on was read at that index or later.
    invalidations.invalidateAll(stateIndex);
    entries.invalidateAll();
  }

  /** Number of entries, estimated. */
  public long size() {
    return entries.estimatedSize();
  }

  /** Lookups that found an entry. */
  public LongAdder hits() {
    return hits;
  }

  /** Lookups that did not, or found one that is too new for the view. */
  public LongAdder misses() {
    return misses;
  }

  /** Insertions refused because of an invalidation meanwhile. */
  public LongAdder refusals() {
    return refusals;
  }
}
