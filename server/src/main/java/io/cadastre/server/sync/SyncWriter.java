package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.store.DirectoryRow;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.lock.LockedPaths;
import io.cadastre.server.transaction.MetadataExceptions;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsException;
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
 * replacement of a directory. Locks are only tried; busy entries are done in a second pass, one at
 * a time. Used by one run's thread.
 */
final class SyncWriter {
  /** What is decided about one entry, and the state index read before the store was asked. */
  record Pending(
      SyncTarget directory, long directoryId, SyncDecision decision, long listingIndex) {}

  private record Locked(Pending pending, LockedPaths locks) {}

  private final SyncContext context;
  private final List<Locked> batch = new ArrayList<>();
  private final List<Pending> busy = new ArrayList<>();
  private long checkedIndex = -1;
  private long checkedDirectory = -1;
  private final Deque<CompletableFuture<Long>> inFlight = new ArrayDeque<>();

  SyncWriter(SyncContext context) {
    this.context = context;
  }

  /** Takes a decision; journals a batch when it is full. */
  void write(Pending pending) throws InterruptedException {
    if (context.dryRun()) {
      report(pending);
      return;
    }
    Optional<LockedPaths> locks =
        context.leadership().locks().tryAcquire(LockRequest.forWrite(pathOf(pending)));
    if (locks.isEmpty()) {
      busy.add(pending);
      return;
    }
    batch.add(new Locked(pending, locks.get()));
    if (batch.size() >= context.settings().batchRecords() / 2) {
      flushBatch();
    }
  }

  private static NamespacePath pathOf(Pending pending) {
    return pending.directory().path().child(pending.decision().name());
  }

  private void report(Pending pending) throws InterruptedException {
    SyncDecision decision = pending.decision();
    String what = decision.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    context.progress().difference(what + " " + pathOf(pending));
    count(decision);
  }

  /** Journals what is collected, does the busy entries, and waits until all of it is applied. */
  void finish() throws InterruptedException {
    flushBatch();
    drain(0);
    List<Pending> again = new ArrayList<>(busy);
    busy.clear();
    for (Pending pending : again) {
      secondPass(pending);
    }
    drain(0);
  }

  /**
   * An entry that was locked by somebody: wait for it, then ask the store anew about this one
   * entry.
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
    StoreLookup lookup = lookup(pending.directory().at(path));
    if (lookup instanceof StoreLookup.Unknown unknown) {
      context.progress().fail(path.toString(), "STORE_UNAVAILABLE", unknown.reason());
      return List.of();
    }
    try (AppliedView view = context.leadership().view()) {
      if (!isStillThere(view, pending)) {
        return List.of();
      }
      byte[] row = view.get(Family.CHILDREN, KeyLayout.child(pending.directoryId(), path.name()));
      boolean mount = view.mounts().isMountPoint(path) || view.mounts().holdsMountBelow(path);
      Optional<SyncDecision> decision;
      if (lookup instanceof StoreLookup.Present present) {
        decision =
            row == null
                ? Optional.of(Decider.onlyInStore(present.status()))
                : Decider.inBoth(present.status(), row, mount);
      } else {
        decision =
            row == null ? Optional.empty() : Decider.onlyInNamespace(path.name(), row, mount);
      }
      if (decision.isEmpty() || !allowed(decision.get())) {
        return List.of();
      }
      Pending fresh =
          new Pending(pending.directory(), pending.directoryId(), decision.get(), index);
      return records(fresh, row);
    }
  }

  private boolean allowed(SyncDecision decision) {
    return context.refresh() || decision instanceof SyncDecision.Create;
  }

  private void flushBatch() throws InterruptedException {
    if (batch.isEmpty()) {
      return;
    }
    List<Locked> locked = new ArrayList<>(batch);
    batch.clear();
    List<JournalRecord> records = new ArrayList<>();
    List<LockedPaths> held = new ArrayList<>();
    try (AppliedView view = context.leadership().view()) {
      for (Locked entry : locked) {
        List<JournalRecord> made = recheck(view, entry.pending());
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
  }

  /** The decision again, under the lock; no records if the namespace has moved on. */
  private List<JournalRecord> recheck(AppliedView view, Pending pending) {
    if (!isStillThere(view, pending)) {
      context.progress().skipped.increment();
      return List.of();
    }
    SyncDecision decision = pending.decision();
    byte[] row = view.get(Family.CHILDREN, KeyLayout.child(pending.directoryId(), decision.name()));
    if (decision instanceof SyncDecision.Create create) {
      if (row != null) {
        context.progress().skipped.increment();
        return List.of();
      }
      if (removalIndex(view, pending.directoryId()) > pending.listingIndex()
          && !confirmedPresent(pending, create)) {
        context.progress().skipped.increment();
        return List.of();
      }
      return records(pending, null);
    }
    long id = idOf(decision);
    if (row == null
        || InodeRow.id(row) != id
        || InodeRow.changeIndex(row) > pending.listingIndex()) {
      context.progress().skipped.increment();
      return List.of();
    }
    if (needsConfirmation(decision, row) && !confirmed(pending, decision)) {
      context.progress().skipped.increment();
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
    if (checkedIndex == view.stateIndex() && checkedDirectory == pending.directoryId()) {
      return true;
    }
    boolean there = resolvesToSame(view, pending);
    if (there) {
      checkedIndex = view.stateIndex();
      checkedDirectory = pending.directoryId();
    }
    return there;
  }

  private boolean resolvesToSame(AppliedView view, Pending pending) {
    try {
      Resolution directory =
          context.resolver().resolve(view, pending.directory().path(), context.caller());
      return directory.isDirectory() && directory.id() == pending.directoryId();
    } catch (MetadataException e) {
      if (e.code() == ErrorCode.NOT_A_DIRECTORY || e.code() == ErrorCode.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private static long removalIndex(AppliedView view, long directoryId) {
    byte[] row = view.get(Family.DIRECTORIES, KeyLayout.id(directoryId));
    return row == null ? Long.MAX_VALUE : DirectoryRow.decode(row).removalIndex();
  }

  private boolean confirmedPresent(Pending pending, SyncDecision.Create create) {
    return lookup(pending.directory().at(pathOf(pending))) instanceof StoreLookup.Present present
        && present.status().kind() == create.status().kind();
  }

  private boolean confirmed(Pending pending, SyncDecision decision) {
    StoreLookup lookup = lookup(pending.directory().at(pathOf(pending)));
    if (decision instanceof SyncDecision.Delete) {
      return lookup instanceof StoreLookup.Absent;
    }
    return lookup instanceof StoreLookup.Present present && !present.status().isDirectory();
  }

  private StoreLookup lookup(SyncTarget target) {
    context.progress().lookups.increment();
    try {
      return target.store().status(target.storePath(), context.storeDeadline());
    } catch (UfsException e) {
      return StoreLookup.unknown(e);
    }
  }

  private List<JournalRecord> records(Pending pending, byte[] row) {
    SyncDecision decision = pending.decision();
    long directoryId = pending.directoryId();
    count(decision);
    if (decision instanceof SyncDecision.Create create) {
      return List.of(create(directoryId, create.status()));
    }
    if (decision instanceof SyncDecision.Update update) {
      InodeBody body = Decider.merged(InodeRow.body(row).toBuilder(), update.status());
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
      return List.of(removal, create(directoryId, replace.status()));
    }
    return List.of(removal);
  }

  private JournalRecord create(long directoryId, UfsStatus status) {
    long now = context.leadership().clock().millis();
    InodeBody body =
        Decider.merged(
            InodeBody.newBuilder().setId(context.leadership().ids().next()).setCreatedMillis(now),
            status);
    return Records.create(
        directoryId, status.name(), InodeRow.encode(status.mtimeMillis(), now, body), 0);
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
    drain(context.settings().batchesInFlight() - 1);
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
