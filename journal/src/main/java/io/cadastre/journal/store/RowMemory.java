package io.cadastre.journal.store;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rows of one family as the store holds them, kept by the store's only writer so that it need not
 * ask again for rows that it changes all the time: those of busy directories. Bounded by a number
 * of rows of bounded size; the least recently used goes first. For one thread.
 */
final class RowMemory {
  private static final int MOST_ROWS = 10_000;

  /** Larger rows are read again: 10,000 of the largest make 5 MB. */
  private static final int MOST_BYTES = 512;

  private record Key(byte[] bytes, int hash) {
    static Key of(byte[] bytes) {
      return new Key(bytes, Arrays.hashCode(bytes));
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

  private final LinkedHashMap<Key, byte[]> rows =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, byte[]> eldest) {
          return size() > MOST_ROWS;
        }
      };

  /** The row, or null if it is not kept. */
  byte[] get(byte[] key) {
    return rows.get(Key.of(key));
  }

  /** Keeps a row that was read. */
  void keep(byte[] key, byte[] row) {
    if (key.length + row.length <= MOST_BYTES) {
      rows.put(Key.of(key), row);
    }
  }

  /** The row was written, or removed if it is null. */
  void written(byte[] key, byte[] row) {
    if (rows.isEmpty()) {
      return;
    }
    Key known = Key.of(key);
    if (rows.remove(known) != null && row != null) {
      keep(key, row);
    }
  }

  void clear() {
    rows.clear();
  }
}
