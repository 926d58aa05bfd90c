package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.store.AbsentRange;
import io.cadastre.journal.store.DirectoryRow;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.server.cache.DirectoryEntry;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.lock.LockedPaths;
import io.cadastre.server.transaction.MetadataExceptions;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Writes decisions, many in a journal entry, several entries in flight. A sync never undoes
 * anything: each decision is looked at again under its entry's lock, just before it is written.
 * What changed after the listing's index, whoever changed it, is left alone; a create is confirmed
 * by a fresh lookup if the directory lost an entry after that index, and so is every delete or
 * replacement of a directory. Locks are only tried, and only when a batch is written; busy entries
 * and those to be confirmed are done in a second pass, one at a time. Used by one run's thread.
 */
final class SyncWriter {
  /** What is decided about one entry, and the state index read before the store was asked. */
  record Pending(
      SyncTarget directory, long directoryId, SyncDecision decision, long listingIndex) {}

  private record Locked(Pending pending, LockedPaths locks) {}

  private final SyncContext context;
  // Without locks: the store may take its time between two pages, and nobody may wait for that.
  private final List<Pending> batch = new ArrayList<>();
  private final List<Pending> busy = new ArrayList<>();
  // All that one run writes lies in one mount.
  private InodeBody mountBody;
  private long checkedIndex = -1;
  private long checkedDirectory = -1;
  private long checkedListing = -1;
  private long checkedRemoval;
  private final Deque<CompletableFuture<Long>> inFlight = new ArrayDeque<>();
  private boolean wrote;

  SyncWriter(SyncContext context) {
    this.context = context;
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
    boolean since = wrote;
    wrote = false;
    return since;
  }

  /** Whether all that was decided about this directory is written, or overtaken by the cluster. */
  boolean isSettled(long directoryId) {
    return !context.unsettled().contains(directoryId);
  }

  boolean isAllSettled() {
    return context.unsettled().isEmpty();
  }

  /** Something in this directory is left as it was, so no mark may say that it was compared. */
  void unsettle(long directoryId) {
    context.unsettled().add(directoryId);
  }

  private static NamespacePath pathOf(Pending pending) {
    return pending.directory().path().child(pending.decision().name());
  }

  private void report(Pending pending) throws InterruptedException {
    SyncDecision decision = pending.decision();
    if (staysForIncomplete(pending)) {
      context.progress().skipped.increment();
      return;
    }
    context.progress().difference(Differences.of(context, pending));
    count(decision);
  }

  private boolean staysForIncomplete(Pending pending) {
    SyncDecision decision = pending.decision();
    if (!decision.removes()) {
      return false;
    }
    try (AppliedView view = context.leadership().view()) {
      byte[] row =
          view.get(Family.CHILDREN, KeyLayout.child(pending.directoryId(), decision.name()));
      return row != null && holdsIncomplete(view, decision, row);
    }
  }

  /** Journals what is collected, does the busy entries, and waits until all of it is applied. */
  void finish() throws InterruptedException {
    flushBatch();
    secondPasses();
    drain(0);
  }

  private void secondPasses() throws InterruptedException {
    drain(0);
    List<Pending> again = new ArrayList<>(busy);
    busy.clear();
    for (Pending pending : again) {
      secondPass(pending);
    }
  }

  /**
   * An entry that was locked by somebody, or that has to be confirmed: waits for its lock, then
   * asks the store anew about this one entry. No other lock is held meanwhile.
   */
  private void secondPass(Pending pending) throws InterruptedException {
    NamespacePath path = pathOf(pending);
    long wait = TimeUnit.MILLISECONDS.toNanos(context.settings().busyWaitMillis());
    LockedPaths locks;
    try {
      locks =
          context
              .leadership()
              .locks()
              .acquire(LockRequest.forWrite(path), System.nanoTime() + wait)
              .get();
    } catch (ExecutionException e) {
      MetadataException cause = MetadataExceptions.unwrap(e);
      context.progress().skipped.increment();
      unsettle(pending.directoryId());
      context
          .progress()
          .fail(path.toString(), cause.code().name(), "left alone: another operation holds it");
      return;
    }
    List<JournalRecord> records = List.of();
    try {
      records = freshly(pending, path);
    } finally {
      if (records.isEmpty()) {
        locks.close();
      }
    }
    if (!records.isEmpty()) {
      send(records, List.of(locks));
    }
  }

  /** Decides again from one lookup made under the entry's lock. */
  private List<JournalRecord> freshly(Pending pending, NamespacePath path) {
    long index;
    try (AppliedView view = context.leadership().view()) {
      index = view.stateIndex();
    }
    StoreLookup lookup = context.lookup(pending.directory().at(path));
    if (lookup instanceof StoreLookup.Unknown unknown) {
      unsettle(pending.directoryId());
      context.fail(path, unknown);
      return List.of();
    }
    try (AppliedView view = context.leadership().view()) {
      if (!isStillThere(view, pending)) {
        context.progress().skipped.increment();
        unsettle(pending.directoryId());
        return List.of();
      }
      byte[] row = view.get(Family.CHILDREN, KeyLayout.child(pending.directoryId(), path.name()));
      boolean mount = view.mounts().isMountPoint(path) || view.mounts().holdsMountBelow(path);
      Optional<SyncDecision> decision;
      if (lookup instanceof StoreLookup.Present present) {
        decision =
            row == null
                ? Optional.of(Decider.onlyInStore(present.status()))
                : Decider.inBoth(present.status(), row, mount, holds(pending));
      } else {
        decision =
            row == null ? Optional.empty() : Decider.onlyInNamespace(path.name(), row, mount);
      }
      if (decision.isEmpty()) {
        context.progress().skipped.increment();
        return List.of();
      }
      if (!allowed(pending.decision(), decision.get())) {
        context.progress().skipped.increment();
        unsettle(pending.directoryId());
        return List.of();
      }
      if (holdsIncomplete(view, decision.get(), row)) {
        context.progress().skipped.increment();
        unsettle(pending.directoryId());
        return List.of();
      }
      Pending fresh =
          new Pending(pending.directory(), pending.directoryId(), decision.get(), index);
      return records(fresh, row);
    }
  }

  /**
   * A directory with a file in it that is still being written stays, with all it holds: the bytes
   * may be on their way. Asked under the directory's lock, so that no such file comes meanwhile.
   */
  private static boolean holdsIncomplete(AppliedView view, SyncDecision decision, byte[] row) {
    return decision.removes()
        && InodeRow.isDirectory(row)
        && EntryCounter.holdsIncomplete(view, InodeRow.id(row));
  }

  /** What takes entries away has passed the mass-delete guard, or is left to the next sync. */
  private boolean allowed(SyncDecision before, SyncDecision now) {
    if (!context.refresh()) {
      return now instanceof SyncDecision.Create;
    }
    return before.removes() || !now.removes();
  }

  private void flushBatch() throws InterruptedException {
    if (batch.isEmpty()) {
      return;
    }
    List<Locked> locked = lockBatch();
    List<JournalRecord> records = new ArrayList<>();
    List<LockedPaths> held = new ArrayList<>();
    try (AppliedView view = context.leadership().view()) {
      AbsentRange absent = new AbsentRange(view);
      for (Locked entry : locked) {
        List<JournalRecord> made = recheck(view, absent, entry.pending());
        if (made.isEmpty()) {
          entry.locks().close();
        } else {
          records.addAll(made);
          held.add(entry.locks());
        }
      }
    } catch (RuntimeException e) {
      locked.forEach(entry -> entry.locks().close());
      throw e;
    }
    if (!records.isEmpty()) {
      send(records, held);
    }
    if (busy.size() >= context.settings().batchRecords()) {
      secondPasses();
    }
  }

  private List<Locked> lockBatch() {
    List<Locked> locked = new ArrayList<>();
    try {
      for (Pending pending : batch) {
        Optional<LockedPaths> locks =
            context.leadership().locks().tryAcquire(LockRequest.forWrite(pathOf(pending)));
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
    if (!isStillThere(view, pending)) {
      context.progress().skipped.increment();
      unsettle(pending.directoryId());
      return List.of();
    }
    SyncDecision decision = pending.decision();
    byte[] key = KeyLayout.child(pending.directoryId(), decision.name());
    if (decision instanceof SyncDecision.Create) {
      if (!absent.isAbsent(key)) {
        context.progress().skipped.increment();
        return List.of();
      }
      if (checkedRemoval > pending.listingIndex()) {
        busy.add(pending);
        return List.of();
      }
      return records(pending, null);
    }
    byte[] row = view.get(Family.CHILDREN, key);
    long id = idOf(decision);
    if (row == null
        || InodeRow.id(row) != id
        || InodeRow.changeIndex(row) > pending.listingIndex()) {
      context.progress().skipped.increment();
      return List.of();
    }
    if (needsConfirmation(decision, row)) {
      busy.add(pending);
      return List.of();
    }
    return records(pending, row);
  }

  private static long idOf(SyncDecision decision) {
    if (decision instanceof SyncDecision.Update update) {
      return update.inodeId();
    }
    if (decision instanceof SyncDecision.Replace replace) {
      return replace.inodeId();
    }
    return ((SyncDecision.Delete) decision).inodeId();
  }

  private static boolean needsConfirmation(SyncDecision decision, byte[] row) {
    return InodeRow.isDirectory(row) && !(decision instanceof SyncDecision.Update);
  }

  /** Whether the directory is still what it was when it was listed. */
  private boolean isStillThere(AppliedView view, Pending pending) {
    if (checkedIndex == view.stateIndex()
        && checkedDirectory == pending.directoryId()
        && checkedListing == pending.listingIndex()) {
      return true;
    }
    boolean there =
        stands(view, pending.directory().path(), pending.directoryId(), pending.listingIndex());
    if (there) {
      checkedIndex = view.stateIndex();
      checkedDirectory = pending.directoryId();
      checkedListing = pending.listingIndex();
      checkedRemoval = removalIndex(view, pending.directoryId());
    }
    return there;
  }

  /**
   * Whether this directory is at this path and was there ever since this index: neither it nor one
   * above it was renamed, not even away and back, as then another directory may have been listed.
   */
  boolean stands(AppliedView view, NamespacePath path, long directoryId, long index) {
    Resolution found;
    try {
      found = context.resolver().resolve(view, path, context.caller());
    } catch (MetadataException e) {
      if (e.code() == ErrorCode.NOT_A_DIRECTORY || e.code() == ErrorCode.NOT_FOUND) {
        return false;
      }
      throw e;
    }
    if (!found.isDirectory() || found.id() != directoryId) {
      return false;
    }
    for (DirectoryEntry above : found.directories()) {
      if (reparentIndex(view, above.id()) > index) {
        return false;
      }
    }
    return reparentIndex(view, directoryId) <= index;
  }

  private static long reparentIndex(AppliedView view, long directoryId) {
    byte[] row = view.get(Family.DIRECTORIES, KeyLayout.id(directoryId));
    return row == null ? Long.MAX_VALUE : DirectoryRow.decode(row).reparentIndex();
  }

  private static long removalIndex(AppliedView view, long directoryId) {
    byte[] row = view.get(Family.DIRECTORIES, KeyLayout.id(directoryId));
    return row == null ? Long.MAX_VALUE : DirectoryRow.decode(row).removalIndex();
  }

  private List<JournalRecord> records(Pending pending, byte[] row) {
    SyncDecision decision = pending.decision();
    long directoryId = pending.directoryId();
    count(decision);
    if (decision instanceof SyncDecision.Create create) {
      return List.of(create(pending, create.status()));
    }
    if (decision instanceof SyncDecision.Update update) {
      InodeBody body =
          Decider.merged(InodeRow.body(row).toBuilder(), update.status(), holds(pending));
      byte[] changed =
          InodeRow.withBody(
              row, update.status().mtimeMillis(), context.leadership().clock().millis(), body);
      return List.of(Records.update(directoryId, update.name(), update.inodeId(), changed));
    }
    JournalRecord removal =
        InodeRow.isDirectory(row)
            ? Records.detach(directoryId, decision.name(), idOf(decision), 0)
            : Records.delete(directoryId, decision.name(), idOf(decision), 0);
    if (decision instanceof SyncDecision.Replace replace) {
      return List.of(removal, create(pending, replace.status()));
    }
    return List.of(removal);
  }

  private static Decider.Holds holds(Pending pending) {
    return Decider.Holds.of(pending.directory().store());
  }

  private JournalRecord create(Pending pending, UfsStatus status) {
    long now = context.leadership().clock().millis();
    InodeBody.Builder body =
        InodeBody.newBuilder().setId(context.leadership().ids().next()).setCreatedMillis(now);
    if (!holds(pending).ownership()) {
      InodeBody mount = mountBody(pending.directory());
      body.setOwner(mount.getOwner()).setGroup(mount.getGroup());
    }
    return Records.create(
        pending.directoryId(),
        status.name(),
        InodeRow.encode(status.mtimeMillis(), now, Decider.made(body, status)),
        0);
  }

  /** Whoever owns the mount point owns what its store has no owner for. */
  private InodeBody mountBody(SyncTarget target) {
    if (mountBody == null) {
      try (AppliedView view = context.leadership().view()) {
        mountBody =
            context.resolver().resolve(view, target.mount().path(), context.caller()).body();
      }
    }
    return mountBody;
  }

  private void count(SyncDecision decision) {
    if (decision instanceof SyncDecision.Create) {
      context.progress().created.increment();
    } else if (decision instanceof SyncDecision.Update) {
      context.progress().updated.increment();
    } else if (decision instanceof SyncDecision.Replace) {
      context.progress().replaced.increment();
    } else {
      context.progress().deleted.increment();
    }
  }

  private void send(List<JournalRecord> records, List<LockedPaths> held)
      throws InterruptedException {
    try {
      drain(context.settings().batchesInFlight() - 1);
    } catch (InterruptedException | RuntimeException e) {
      held.forEach(LockedPaths::close);
      throw e;
    }
    wrote = true;
    CompletableFuture<Long> applied = context.leadership().append(records);
    applied.whenComplete(
        (index, failure) -> {
          // An append of unclear fate keeps its locks: they go with the term.
          if (failure == null
              || MetadataExceptions.unwrap(failure).code() != ErrorCode.OUTCOME_UNKNOWN) {
            held.forEach(LockedPaths::close);
          }
        });
    inFlight.add(applied);
  }

  private void drain(int most) throws InterruptedException {
    while (inFlight.size() > most) {
      try {
        inFlight.remove().get();
      } catch (ExecutionException e) {
        throw MetadataExceptions.unwrap(e);
      }
    }
  }
}
