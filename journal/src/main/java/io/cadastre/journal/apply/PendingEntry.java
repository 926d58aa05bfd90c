package io.cadastre.journal.apply;

import io.cadastre.journal.record.proto.JournalEntry;

/**
 * The leader's side of an entry on its way through the log. Called on the apply thread, once; must
 * be quick.
 */
public interface PendingEntry {
  /** The entry as built, so that the leader need not parse it again. */
  JournalEntry entry();

  /** The entry was applied and is visible to readers. */
  void applied(long stateIndex, long term);

  /** The entry is in the log of a later term than it was planned in and had no effect. */
  void fenced();
}
