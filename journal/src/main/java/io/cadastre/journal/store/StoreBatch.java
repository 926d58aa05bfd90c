package io.cadastre.journal.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Changes that are not written yet, and reads that see them. The applier collects the records of
 * many journal entries in one batch; because every read goes through it, the outcome does not
 * depend on how entries were grouped. Used by one thread.
 */
public final class StoreBatch {
  private final RocksInodeStore store;
  private final Map<Family, HashMap<Key, byte[]>> rows = new EnumMap<>(Family.class);
  private final List<Range> ranges = new ArrayList<>();
  private long bytes;

  public StoreBatch(RocksInodeStore store) {
    this.store = store;
    for (Family family : Family.values()) {
      rows.put(family, new HashMap<>());
    }
  }

  /** A key in a hash map; the array must not change. */
  private record Key(byte[] bytes, int hash) {
    Key(byte[] bytes) {
      this(bytes, Arrays.hashCode(bytes));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private record Range(Family family, byte[] from, byte[] to) {
    boolean holds(Family otherFamily, byte[] key) {
      return family == otherFamily
          && Arrays.compareUnsigned(from, key) <= 0
          && Arrays.compareUnsigned(key, to) < 0;
    }
  }

  /**
   * The value with this batch's changes, or null. The array may be the batch's own: do not change
   * it.
   */
  public byte[] get(Family family, byte[] key) {
    HashMap<Key, byte[]> changed = rows.get(family);
    if (!changed.isEmpty()) {
      Key wanted = new Key(key);
      byte[] value = changed.get(wanted);
      if (value != null) {
        return value;
      }
      if (changed.containsKey(wanted)) {
        return null;
      }
    }
    for (Range range : ranges) {
      if (range.holds(family, key)) {
        return null;
      }
    }
    return store.get(family, key);
  }

  public void put(Family family, byte[] key, byte[] value) {
    rows.get(family).put(new Key(key), value);
    bytes += key.length + value.length + 16;
  }

  public void delete(Family family, byte[] key) {
    rows.get(family).put(new Key(key), null);
    bytes += key.length + 16;
  }

  /** Removes the rows with keys in [from, to). */
  public void deleteRange(Family family, byte[] from, byte[] to) {
    rows.get(family)
        .keySet()
        .removeIf(
            key ->
                Arrays.compareUnsigned(from, key.bytes()) <= 0
                    && Arrays.compareUnsigned(key.bytes(), to) < 0);
    // Ranges are written before single rows, so a later put of a key inside survives.
    ranges.add(new Range(family, from, to));
    bytes += from.length + to.length + 16;
  }

  /** Bytes of the changes collected so far, about. */
  public long bytes() {
    return bytes;
  }

  /** Writes everything at once and empties the batch. */
  public void commit() {
    try (WriteBatch batch = new WriteBatch((int) Math.min(bytes + 1024, 16 << 20))) {
      for (Range range : ranges) {
        batch.deleteRange(store.handle(range.family()), range.from(), range.to());
      }
      for (Map.Entry<Family, HashMap<Key, byte[]>> family : rows.entrySet()) {
        for (Map.Entry<Key, byte[]> row : family.getValue().entrySet()) {
          if (row.getValue() == null) {
            batch.delete(store.handle(family.getKey()), row.getKey().bytes());
          } else {
            batch.put(store.handle(family.getKey()), row.getKey().bytes(), row.getValue());
          }
        }
      }
      store.write(batch);
    } catch (RocksDBException e) {
      throw new StoreException("Cannot build a batch: " + e.getMessage(), e);
    }
    ranges.clear();
    rows.values().forEach(Map::clear);
    bytes = 0;
  }
}
