package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.server.lock.LockedPaths;
import io.cadastre.server.transaction.MetadataExceptions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The journal entries of one writer that are on their way, a few at once. Used by one thread. */
final class EntriesInFlight {
  private final Journal journal;
  private final int most;
  private final Set<Long> unsettled;
  private final Deque<CompletableFuture<Long>> inFlight = new ArrayDeque<>();
  private boolean wrote;

  /** Where entries go. */
  interface Journal {
    /** Completes with the state index at which the records were applied. */
    CompletableFuture<Long> append(List<JournalRecord> records);
  }

  /**
   * @param most entries on their way at once
   * @param unsettled ids of directories of which something may not be written; thread-safe
   */
  EntriesInFlight(Journal journal, int most, Set<Long> unsettled) {
    this.journal = journal;
    this.most = most;
    this.unsettled = unsettled;
  }

  /**
   * Hands an entry to the journal; waits if too many are on their way. Nothing if it is empty.
   *
   * @param directories ids of those that it changes: not settled if it fails, so not marked
   * @param whenApplied run once it is, on the journal's thread, and only then
   */
  void send(
      List<JournalRecord> records,
      List<LockedPaths> held,
      Set<Long> directories,
      Runnable whenApplied)
      throws InterruptedException {
    if (records.isEmpty()) {
      return;
    }
    try {
      drain(most - 1);
    } catch (InterruptedException | RuntimeException e) {
      held.forEach(LockedPaths::close);
      throw e;
    }
    wrote = true;
    CompletableFuture<Long> applied = journal.append(records);
    CompletableFuture<Long> settled =
        applied.whenComplete(
            (index, failure) -> {
              if (failure == null) {
                whenApplied.run();
              } else {
                unsettled.addAll(directories);
              }
              // An append of unclear fate keeps its locks: they go with the term.
              if (failure == null
                  || MetadataExceptions.unwrap(failure).code() != ErrorCode.OUTCOME_UNKNOWN) {
                held.forEach(LockedPaths::close);
              }
            });
    inFlight.add(settled);
  }

  /** Whether anything was sent since the last call. */
  boolean takeWritten() {
    boolean since = wrote;
    wrote = false;
    return since;
  }

  /** Waits until all is applied. */
  void drain() throws InterruptedException {
    drain(0);
  }

  private void drain(int left) throws InterruptedException {
    while (inFlight.size() > left) {
      try {
        inFlight.remove().get();
      } catch (ExecutionException e) {
        throw MetadataExceptions.unwrap(e);
      }
    }
  }
}
