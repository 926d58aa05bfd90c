package io.cadastre.server.sync;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.store.AbsentRange;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.lock.LockedPaths;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes decisions, many in a journal entry, several entries in flight. A sync never undoes
 * anything: each decision is looked at again under its entry's lock, just before it is written.
 * What changed after the listing's index, whoever changed it, is left alone; a create is confirmed
 * by a fresh lookup if the directory lost an entry after that index, and so is every delete or
 * replacement of a directory, and an update of one that got or lost entries. Locks are only tried,
 * and only when a batch is written; busy entries and those to be confirmed are done in a {@link
 * SecondPass}. Used by one run's thread.
 */
final class SyncWriter {
  /** What is decided about one entry, and the state index read before the store was asked. */
  record Pending(SyncTarget directory, long directoryId, SyncDecision decision, long listingIndex) {

    NamespacePath path() {
      return directory.path().child(decision.name());
    }
  }

  private record Locked(Pending pending, LockedPaths locks) {}

  private final SyncContext context;
  // Without locks: the store may take its time between two pages, and nobody may wait for that.
  private final List<Pending> batch = new ArrayList<>();
  private final List<Pending> busy = new ArrayList<>();
  private final PlaceCheck places;
  private final DecisionRecords records;
  private final EntriesInFlight inFlight;
  private final SecondPass secondPass;

  SyncWriter(SyncContext context) {
    this.context = context;
    this.places = new PlaceCheck(context);
    this.records = new DecisionRecords(context);
    this.inFlight = new EntriesInFlight(context);
    this.secondPass = new SecondPass(context, places, records, inFlight);
  }

  /** Takes a decision; journals a batch when it is full. */
  void write(Pending pending) throws InterruptedException {
    if (context.dryRun()) {
      report(pending);
      return;
    }
    batch.add(pending);
    if (batch.size() >= context.settings().batchRecords() / 2) {
      flushBatch();
    }
  }

  /** Whether anything was journaled since the last call. */
  boolean takeWritten() {
    return inFlight.takeWritten();
  }

  /** Whether all that was decided about this directory is written, or overtaken by the cluster. */
  boolean isSettled(long directoryId) {
    return !context.unsettled().contains(directoryId);
  }

  boolean isAllSettled() {
    return context.unsettled().isEmpty();
  }

  private void report(Pending pending) throws InterruptedException {
    SyncDecision decision = pending.decision();
    if (staysForIncomplete(pending)) {
      context.progress().skipped.increment();
      return;
    }
    context.progress().difference(Differences.of(context, pending));
    records.count(decision);
  }

  private boolean staysForIncomplete(Pending pending) {
    SyncDecision decision = pending.decision();
    if (!decision.removes()) {
      return false;
    }
    try (AppliedView view = context.leadership().view()) {
      byte[] row =
          view.get(Family.CHILDREN, KeyLayout.child(pending.directoryId(), decision.name()));
      return row != null && EntryCounter.staysForIncomplete(view, decision, row);
    }
  }

  /** Journals what is collected, does the busy entries, and waits until all of it is applied. */
  void finish() throws InterruptedException {
    flushBatch();
    secondPasses();
    inFlight.drain();
  }

  /** What is on its way holds locks: it is waited for first. */
  private void secondPasses() throws InterruptedException {
    inFlight.drain();
    List<Pending> again = List.copyOf(busy);
    busy.clear();
    secondPass.run(again);
  }

  private void flushBatch() throws InterruptedException {
    if (batch.isEmpty()) {
      return;
    }
    List<Locked> locked = lockBatch();
    List<JournalRecord> all = new ArrayList<>();
    List<LockedPaths> held = new ArrayList<>();
    try (AppliedView view = context.leadership().view()) {
      AbsentRange absent = new AbsentRange(view);
      for (Locked entry : locked) {
        List<JournalRecord> made = recheck(view, absent, entry.pending());
        if (made.isEmpty()) {
          entry.locks().close();
        } else {
          all.addAll(made);
          held.add(entry.locks());
        }
      }
    } catch (RuntimeException e) {
      locked.forEach(entry -> entry.locks().close());
      throw e;
    }
    inFlight.send(all, held);
    if (busy.size() >= context.settings().batchRecords()) {
      secondPasses();
    }
  }

  private List<Locked> lockBatch() {
    List<Locked> locked = new ArrayList<>();
    try {
      for (Pending pending : batch) {
        Optional<LockedPaths> locks =
            context.leadership().locks().tryAcquire(LockRequest.forWrite(pending.path()));
        if (locks.isPresent()) {
          locked.add(new Locked(pending, locks.get()));
        } else {
          busy.add(pending);
        }
      }
    } catch (RuntimeException e) {
      locked.forEach(entry -> entry.locks().close());
      throw e;
    } finally {
      batch.clear();
    }
    return locked;
  }

  /** The decision again, under the lock; no records if the namespace has moved on. */
  private List<JournalRecord> recheck(AppliedView view, AbsentRange absent, Pending pending) {
    if (!places.isInPlace(view, pending)) {
      context.progress().skipped.increment();
      context.unsettled().add(pending.directoryId());
      return List.of();
    }
    SyncDecision decision = pending.decision();
    byte[] key = KeyLayout.child(pending.directoryId(), decision.name());
    if (decision instanceof SyncDecision.Create) {
      if (!absent.isAbsent(key)) {
        context.progress().skipped.increment();
        return List.of();
      }
      if (places.lostAnEntry(pending)) {
        busy.add(pending);
        return List.of();
      }
      return records.of(pending, null);
    }
    byte[] row = view.get(Family.CHILDREN, key);
    boolean changed = row == null || InodeRow.changeIndex(row) > pending.listingIndex();
    if (row == null
        || InodeRow.id(row) != decision.inodeId()
        || changed && !(InodeRow.isDirectory(row) && decision.isUpdate())) {
      context.progress().skipped.increment();
      return List.of();
    }
    // A directory's row changes with its entries too, and perhaps by this very run.
    if (changed || InodeRow.isDirectory(row) && !decision.isUpdate()) {
      busy.add(pending);
      return List.of();
    }
    return records.of(pending, row);
  }
}
