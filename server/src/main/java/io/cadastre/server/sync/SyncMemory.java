package io.cadastre.server.sync;

import io.cadastre.server.transaction.Leadership;

/** What syncs remember in one term of leading; a new one starts with nothing. Thread-safe. */
final class SyncMemory {
  private final int mostAbsentPaths;
  private final SyncMetrics metrics;
  private volatile Term term;

  private record Term(Leadership leadership, MarkBuffer marks, AbsentPathCache absent) {}

  SyncMemory(int mostAbsentPaths, SyncMetrics metrics) {
    this.mostAbsentPaths = mostAbsentPaths;
    this.metrics = metrics;
  }

  /** Marks of this term that wait for the journal. */
  MarkBuffer marks(Leadership leadership) {
    return of(leadership).marks();
  }

  /** What stores were found not to have in this term. */
  AbsentPathCache absent(Leadership leadership) {
    return of(leadership).absent();
  }

  private Term of(Leadership leadership) {
    Term current = term;
    if (current == null || current.leadership() != leadership) {
      synchronized (this) {
        if (term == null || term.leadership() != leadership) {
          term =
              new Term(
                  leadership,
                  new MarkBuffer(leadership, metrics.marks),
                  new AbsentPathCache(mostAbsentPaths, metrics));
        }
        current = term;
      }
    }
    return current;
  }

  int marksWaiting() {
    Term current = term;
    return current == null || current.leadership().isClosed() ? 0 : current.marks().waiting();
  }

  long absentPaths() {
    Term current = term;
    return current == null || current.leadership().isClosed() ? 0 : current.absent().size();
  }
}
