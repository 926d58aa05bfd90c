package io.cadastre.journal.store;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.rocksdb.WriteBatch;

/**
 * Changes that are not written yet, and reads that see them. The applier collects the records of
 * many journal entries in one batch; because every read goes through it, the outcome does not
 * depend on how entries were grouped. Used by one thread.
 *
 * <p>Rows and removed ranges are sorted, so that a batch with thousands of each stays cheap to read
 * through, and RocksDB gets its keys in order.
 *
 * <p>A batch is used again after its commit. There is one for a store at a time: rows that are
 * often asked for are remembered from one batch to the next.
 */
public final class StoreBatch {
  private static final int ROW_OVERHEAD = 16;

  /** Stands for a row that this batch has not touched. */
  private static final byte[] UNCHANGED = new byte[0];

  private final RocksInodeStore store;
  // A null value is a deletion.
  private final Map<Family, SortedRows> rows = new EnumMap<>(Family.class);
  // From (inclusive) to (exclusive); ranges of a family never overlap.
  private final Map<Family, TreeMap<byte[], byte[]>> ranges = new EnumMap<>(Family.class);
  private final Map<Family, RowMemory> memory = new EnumMap<>(Family.class);
  private final AbsentRange absent;
  private long bytes;

  public StoreBatch(RocksInodeStore store) {
    this.store = store;
    this.absent = new AbsentRange(store);
    for (Family family : Family.values()) {
      rows.put(family, new SortedRows());
      ranges.put(family, new TreeMap<>(Arrays::compareUnsigned));
      memory.put(family, new RowMemory());
    }
  }

  /**
   * The value with this batch's changes, or null. The array may be the batch's own: do not change
   * it.
   */
  public byte[] get(Family family, byte[] key) {
    return get(family, key, false);
  }

  /**
   * As {@link #get}, for rows that are likely to be asked for again by this or a later batch: they
   * are kept in bounded memory. Right only as long as nobody else writes the store.
   */
  public byte[] getOften(Family family, byte[] key) {
    return get(family, key, true);
  }

  /**
   * Whether a directory has no such entry, with this batch's changes; cheap for names that come in
   * ascending order. Right only as long as nobody else writes the store.
   */
  public boolean isAbsentChild(byte[] key) {
    byte[] value = rows.get(Family.CHILDREN).get(key, UNCHANGED);
    if (value != UNCHANGED) {
      return value == null;
    }
    return isInRange(Family.CHILDREN, key) || absent.isAbsent(key);
  }

  private boolean isInRange(Family family, byte[] key) {
    Map.Entry<byte[], byte[]> range = ranges.get(family).floorEntry(key);
    return range != null && Arrays.compareUnsigned(key, range.getValue()) < 0;
  }

  private byte[] get(Family family, byte[] key, boolean often) {
    byte[] value = rows.get(family).get(key, UNCHANGED);
    if (value != UNCHANGED) {
      return value;
    }
    if (isInRange(family, key)) {
      return null;
    }
    if (!often) {
      return store.get(family, key);
    }
    byte[] kept = memory.get(family).get(key);
    if (kept != null) {
      return kept;
    }
    byte[] stored = store.get(family, key);
    if (stored != null) {
      memory.get(family).keep(key, stored);
    }
    return stored;
  }

  public void put(Family family, byte[] key, byte[] value) {
    rows.get(family).put(key, value);
    bytes += key.length + value.length + ROW_OVERHEAD;
  }

  public void delete(Family family, byte[] key) {
    rows.get(family).put(key, null);
    bytes += key.length + ROW_OVERHEAD;
  }

  /** Removes the rows with keys in [from, to); nothing if the range is empty. */
  public void deleteRange(Family family, byte[] from, byte[] to) {
    if (Arrays.compareUnsigned(from, to) >= 0) {
      return;
    }
    // Ranges are written before single rows, so what was put before must go now, and a later put of
    // a key inside survives.
    rows.get(family).removeRange(from, to);
    addRange(ranges.get(family), from, to);
    bytes += from.length + to.length + ROW_OVERHEAD;
  }

  private static void addRange(TreeMap<byte[], byte[]> ranges, byte[] from, byte[] to) {
    byte[] start = from;
    byte[] end = to;
    Map.Entry<byte[], byte[]> left = ranges.floorEntry(from);
    if (left != null && Arrays.compareUnsigned(left.getValue(), from) >= 0) {
      start = left.getKey();
      end = later(end, left.getValue());
    }
    Map.Entry<byte[], byte[]> right = ranges.ceilingEntry(start);
    while (right != null && Arrays.compareUnsigned(right.getKey(), end) <= 0) {
      end = later(end, right.getValue());
      ranges.remove(right.getKey());
      right = ranges.ceilingEntry(start);
    }
    ranges.put(start, end);
  }

  private static byte[] later(byte[] left, byte[] right) {
    return Arrays.compareUnsigned(left, right) >= 0 ? left : right;
  }

  /** Bytes of the changes collected so far, about. */
  public long bytes() {
    return bytes;
  }

  /** Writes everything at once and empties the batch. */
  public void commit() {
    BatchBytes form = new BatchBytes();
    addAll(form);
    form.sized();
    addAll(form);
    try (WriteBatch batch = form.batch()) {
      store.write(batch);
    }
    remember();
    rows.values().forEach(SortedRows::clear);
    ranges.values().forEach(Map::clear);
    bytes = 0;
  }

  private void addAll(BatchBytes form) {
    for (Family family : Family.values()) {
      int id = store.handle(family).getID();
      for (Map.Entry<byte[], byte[]> range : ranges.get(family).entrySet()) {
        form.deleteRange(id, range.getKey(), range.getValue());
      }
      rows.get(family)
          .forEach(
              (key, value) -> {
                if (value == null) {
                  form.delete(id, key);
                } else {
                  form.put(id, key, value);
                }
              });
    }
  }

  private void remember() {
    absent.written(rows.get(Family.CHILDREN));
    for (Family family : Family.values()) {
      RowMemory kept = memory.get(family);
      if (!ranges.get(family).isEmpty()) {
        kept.clear();
      }
      rows.get(family).forEach(kept::written);
    }
  }
}
