package io.cadastre.journal.apply;

/** Told of each applied batch, on the apply thread. */
public interface ApplyMetrics {
  ApplyMetrics NONE = (entries, operations, bytes, nanos) -> {};

  void batch(int entries, int operations, long bytes, long nanos);
}
