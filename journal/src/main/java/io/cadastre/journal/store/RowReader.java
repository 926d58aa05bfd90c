package io.cadastre.journal.store;

/** Reads rows of one moment of the store. Thread-safe unless an implementation says otherwise. */
public interface RowReader {
  /** The value, or null. The array is the caller's. */
  byte[] get(Family family, byte[] key);

  /** Rows with keys in [from, to), ascending. Close it; to be used by one thread. */
  RowCursor scan(Family family, byte[] from, byte[] to);

  /** Rows of a directory's entries, in order of their names. Close it; to be used by one thread. */
  default RowCursor children(long directoryId) {
    return scan(
        Family.CHILDREN, KeyLayout.firstChild(directoryId), KeyLayout.afterChildren(directoryId));
  }

  /**
   * The first key in [from, to); `to` if there is none; null if so many removed rows lie before it
   * that a look at a single key is cheaper.
   */
  byte[] firstKey(Family family, byte[] from, byte[] to);
}
