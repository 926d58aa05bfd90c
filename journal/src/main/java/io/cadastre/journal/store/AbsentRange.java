package io.cadastre.journal.store;

import java.util.Arrays;

/**
 * Tells that entries of directories are not there. Whoever loads a directory asks for name after
 * name in ascending order, and none of them is there: from the third one on this looks ahead for
 * the next entry that is, and answers for all names before it from memory. Names in no order cost
 * one read each, as ever. Used by one thread.
 */
public final class AbsentRange {
  /** Questions in ascending order after which it pays to look ahead. */
  private static final int LOOK_AHEAD_AFTER = 2;

  /** Names asked one by one where too many removed rows lie to look ahead. */
  private static final int NAMES_BY_THEMSELVES = 100;

  private final RowReader rows;
  private byte[] asked;
  private int ascending;
  // What is known to hold no row: from (inclusive) to (exclusive); null: nothing.
  private byte[] from;
  private byte[] to;

  /** Answers as of this reader's moment. */
  public AbsentRange(RowReader rows) {
    this.rows = rows;
  }

  /** Whether {@link Family#CHILDREN} has no such row. */
  public boolean isAbsent(byte[] key) {
    if (covers(key)) {
      return true;
    }
    boolean follows =
        asked != null
            && KeyLayout.parentOf(asked) == KeyLayout.parentOf(key)
            && Arrays.compareUnsigned(asked, key) < 0;
    ascending = follows ? ascending + 1 : 0;
    asked = key;
    return ascending < LOOK_AHEAD_AFTER ? rows.get(Family.CHILDREN, key) == null : lookAhead(key);
  }

  private boolean covers(byte[] key) {
    return from != null
        && Arrays.compareUnsigned(key, from) >= 0
        && Arrays.compareUnsigned(key, to) < 0;
  }

  private boolean lookAhead(byte[] key) {
    byte[] end = KeyLayout.afterChildren(KeyLayout.parentOf(key));
    byte[] there = rows.firstKey(Family.CHILDREN, key, end);
    if (there == null) {
      // Entries that were removed lie there by the hundreds: the next names are asked one by one.
      ascending = -NAMES_BY_THEMSELVES;
      return rows.get(Family.CHILDREN, key) == null;
    }
    if (Arrays.equals(there, key)) {
      return false;
    }
    from = key;
    to = there;
    return true;
  }

  /**
   * These rows were written, those with the value null removed; only needed if the moment moves.
   */
  void written(SortedRows changed) {
    if (from == null) {
      return;
    }
    byte[] last = changed.lowerKey(to);
    if (last != null && Arrays.compareUnsigned(last, from) >= 0) {
      from = KeyLayout.after(last);
    }
  }
}
