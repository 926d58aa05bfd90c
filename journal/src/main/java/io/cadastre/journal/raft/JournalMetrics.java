package io.cadastre.journal.raft;

/** Told of the entries of a leader. Called on any thread; must be quick. */
public interface JournalMetrics {
  JournalMetrics NONE = (operations, bytes, nanos) -> {};

  /**
   * @param nanos from packing to visibility
   */
  void entry(int operations, long bytes, long nanos);

  /** An entry failed, or its outcome is unclear. */
  default void failed() {}

  /** An operation was refused since the queue was full. */
  default void refused() {}
}
