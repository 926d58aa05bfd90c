package io.cadastre.server.transaction;

import io.cadastre.core.api.proto.Done;
import io.cadastre.journal.record.proto.JournalRecord;
import java.util.List;

/** What an operation decided to do, under its locks. */
public sealed interface Plan {
  /** Everything is as the caller wants it already: answer, and journal nothing. */
  record Nothing(Done done) implements Plan {}

  /** Journal these records together, then answer. */
  record Commit(List<JournalRecord> records, Done done) implements Plan {
    public Commit {
      records = List.copyOf(records);
    }
  }

  /** Change the store first, under an intent; then journal. */
  record ThroughStore(StoreChange change) implements Plan {}

  /**
   * The locks taken do not cover what has to be changed (the namespace moved meanwhile): take these
   * and plan again.
   */
  record LockAgain() implements Plan {}
}
