package io.cadastre.journal.apply;

/** Told of what is applied, on the apply thread, and of snapshots. */
public interface ApplyMetrics {
  ApplyMetrics NONE = (entries, operations, bytes, nanos) -> {};

  void batch(int entries, int operations, long bytes, long nanos);

  /** An entry was without effect: it was planned in an older term than the log has it in. */
  default void fenced() {}

  /** A snapshot was taken; on a thread of Raft's. */
  default void snapshot(long nanos) {}
}
