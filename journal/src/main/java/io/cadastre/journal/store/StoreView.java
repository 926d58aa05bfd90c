package io.cadastre.journal.store;

import java.util.concurrent.atomic.AtomicInteger;
import org.rocksdb.ReadOptions;
import org.rocksdb.Snapshot;

/**
 * The store as it was at one applied index: a RocksDB snapshot, shared by all readers of that index
 * and released by the last of them. Thread-safe. Whoever holds one has called {@link #retain()} (or
 * got it retained) and calls {@link #close()} once.
 */
public final class StoreView implements RowReader, AutoCloseable {
  private final RocksInodeStore store;
  private final Snapshot snapshot;
  private final ReadOptions options;
  private final AtomicInteger holders = new AtomicInteger(1);

  /** A view of the newest state, held once by the caller. */
  public StoreView(RocksInodeStore store) {
    this.store = store;
    this.snapshot = store.snapshot();
    this.options = new ReadOptions().setSnapshot(snapshot);
  }

  /** Takes a hold; false if the view is gone already. */
  public boolean retain() {
    int held = holders.get();
    while (held > 0) {
      if (holders.compareAndSet(held, held + 1)) {
        return true;
      }
      held = holders.get();
    }
    return false;
  }

  @Override
  public byte[] get(Family family, byte[] key) {
    return store.get(options, family, key);
  }

  @Override
  public RowCursor scan(Family family, byte[] from, byte[] to) {
    return store.scan(snapshot, family, from, to);
  }

  @Override
  public byte[] firstKey(Family family, byte[] from, byte[] to) {
    return store.firstKey(snapshot, family, from, to);
  }

  @Override
  public void close() {
    int left = holders.decrementAndGet();
    if (left == 0) {
      options.close();
      store.release(snapshot);
      snapshot.close();
    } else if (left < 0) {
      throw new IllegalStateException("a view was released more often than it was held");
    }
  }
}
