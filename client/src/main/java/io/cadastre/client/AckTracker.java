package io.cadastre.client;

/**
 * Mints the sequences of operation ids and knows the lowest that is not settled: all below it have
 * been answered, or given up for good, and will not be sent again. One linked entry per unsettled
 * operation, so it is as large as what is outstanding and each step takes constant time. For one
 * thread.
 */
final class AckTracker {
  /** An unsettled operation. */
  static final class Entry {
    private final long sequence;
    private Entry previous;
    private Entry next;
    private boolean settled;

    private Entry(long sequence) {
      this.sequence = sequence;
    }

    long sequence() {
      return sequence;
    }
  }

  private long nextSequence = 1;
  private Entry oldest;
  private Entry newest;

  /** The next sequence, unsettled. */
  Entry mint() {
    Entry entry = new Entry(nextSequence++);
    entry.previous = newest;
    if (newest == null) {
      oldest = entry;
    } else {
      newest.next = entry;
    }
    newest = entry;
    return entry;
  }

  /** The operation will not be sent again. Once per entry. */
  void settle(Entry entry) {
    if (entry.settled) {
      throw new IllegalStateException("Operation " + entry.sequence + " is settled twice");
    }
    entry.settled = true;
    if (entry.previous == null) {
      oldest = entry.next;
    } else {
      entry.previous.next = entry.next;
    }
    if (entry.next == null) {
      newest = entry.previous;
    } else {
      entry.next.previous = entry.previous;
    }
  }

  /** All sequences below this one are settled. */
  long ackedBelow() {
    return oldest == null ? nextSequence : oldest.sequence;
  }
}
