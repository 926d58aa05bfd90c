package io.cadastre.journal.raft;

/** Told of each entry that was applied on the leader. */
public interface JournalMetrics {
  JournalMetrics NONE = (operations, bytes, nanos) -> {};

  /**
   * @param nanos from packing to visibility
   */
  void entry(int operations, long bytes, long nanos);
}
