package io.cadastre.server.sync;

import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.lock.LockedPaths;
import io.cadastre.server.sync.SyncWriter.Pending;
import io.cadastre.server.transaction.MetadataExceptions;
import io.cadastre.ufs.spi.StoreLookup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Entries that were locked by somebody, or that have to be confirmed: the store is asked anew about
 * each, under its lock. Those whose locks can be had at once are written together, for as long as
 * nobody has to wait for them noticeably; each of the others waits for its lock, alone: whoever
 * waits holds no other lock. Used by one thread.
 */
final class SecondPass {
  /** How long an entry stays locked while others are looked up to be written with it. */
  private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final SyncContext context;
  private final PlaceCheck places;
  private final DecisionRecords decisions;
  private final EntriesInFlight inFlight;
  private final List<JournalRecord> records = new ArrayList<>();
  private final List<LockedPaths> held = new ArrayList<>();
  private final Set<Long> directories = new HashSet<>();
  private long heldSinceNanos;

  SecondPass(
      SyncContext context, PlaceCheck places, DecisionRecords decisions, EntriesInFlight inFlight) {
    this.context = context;
    this.places = places;
    this.decisions = decisions;
    this.inFlight = inFlight;
  }

  /** Does all of these; what is left alone is in the progress. */
  void run(List<Pending> entries) throws InterruptedException {
    List<Pending> locked = new ArrayList<>();
    boolean done = false;
    try {
      for (Pending pending : entries) {
        Optional<LockedPaths> locks =
            context.leadership().locks().tryAcquire(LockRequest.forWrite(pending.path()));
        if (locks.isPresent()) {
          decide(pending, locks.get());
        } else {
          locked.add(pending);
        }
        if (isFull()) {
          send();
        }
      }
      send();
      // An entry may have been locked by what was written here.
      inFlight.drain();
      for (Pending pending : locked) {
        Optional<LockedPaths> locks = await(pending);
        if (locks.isPresent()) {
          decide(pending, locks.get());
          send();
        }
      }
      done = true;
    } finally {
      if (!done) {
        entries.forEach(pending -> context.unsettled().add(pending.directoryId()));
      }
      held.forEach(LockedPaths::close);
      held.clear();
      decisions.takeMade();
      records.clear();
      directories.clear();
    }
  }

  private boolean isFull() {
    return records.size() >= context.settings().batchRecords() / 2
        || !held.isEmpty() && System.nanoTime() - heldSinceNanos >= HELD_NANOS;
  }

  private void send() throws InterruptedException {
    List<LockedPaths> locks = List.copyOf(held);
    held.clear();
    inFlight.send(List.copyOf(records), locks, Set.copyOf(directories), decisions.takeMade());
    records.clear();
    directories.clear();
  }

  /** Waits for the entry's lock; empty if it was not to be had. */
  private Optional<LockedPaths> await(Pending pending) throws InterruptedException {
    NamespacePath path = pending.path();
    long wait = TimeUnit.MILLISECONDS.toNanos(context.settings().busyWaitMillis());
    try {
      return Optional.of(
          context.leadership().locks().await(LockRequest.forWrite(path), System.nanoTime() + wait));
    } catch (ExecutionException e) {
      MetadataException cause = MetadataExceptions.unwrap(e);
      leave(pending);
      context
          .progress()
          .fail(path.toString(), cause.code().name(), "left alone: another operation holds it");
      return Optional.empty();
    }
  }

  private void decide(Pending pending, LockedPaths locks) {
    if (held.isEmpty()) {
      heldSinceNanos = System.nanoTime();
    }
    List<JournalRecord> made = List.of();
    try {
      made = freshly(pending);
    } finally {
      if (made.isEmpty()) {
        locks.close();
      }
    }
    if (!made.isEmpty()) {
      held.add(locks);
      records.addAll(made);
      directories.add(pending.directoryId());
    }
  }

  /** Decides again from one lookup made under the entry's lock. */
  private List<JournalRecord> freshly(Pending pending) {
    NamespacePath path = pending.path();
    long index;
    try (AppliedView view = context.leadership().view()) {
      index = view.stateIndex();
    }
    StoreLookup lookup = context.lookup(pending.directory().at(path));
    if (lookup instanceof StoreLookup.Unknown unknown) {
      context.unsettled().add(pending.directoryId());
      context.fail(path, unknown);
      return List.of();
    }
    try (AppliedView view = context.leadership().view()) {
      if (!places.isInPlace(view, pending)) {
        leave(pending);
        return List.of();
      }
      byte[] row = view.get(Family.CHILDREN, KeyLayout.child(pending.directoryId(), path.name()));
      Optional<SyncDecision> decision = decision(view, pending, row, lookup);
      if (decision.isEmpty()) {
        context.progress().skipped.increment();
        return List.of();
      }
      if (!allowed(pending.decision(), decision.get())
          || EntryCounter.staysForIncomplete(view, decision.get(), row)) {
        leave(pending);
        return List.of();
      }
      return decisions.of(
          new Pending(pending.directory(), pending.directoryId(), decision.get(), index), row);
    }
  }

  private Optional<SyncDecision> decision(
      AppliedView view, Pending pending, byte[] row, StoreLookup lookup) {
    NamespacePath path = pending.path();
    boolean mount = view.mounts().isMountPointOrAbove(path);
    if (lookup instanceof StoreLookup.Present present) {
      return row == null
          ? Optional.of(Decider.onlyInStore(present.status()))
          : Decider.inBoth(present.status(), row, mount, DecisionRecords.holds(pending));
    }
    return row == null ? Optional.empty() : Decider.onlyInNamespace(path.name(), row, mount);
  }

  /** What takes entries away has passed the mass-delete guard, or is left to the next sync. */
  private boolean allowed(SyncDecision before, SyncDecision now) {
    if (!context.refresh()) {
      return now instanceof SyncDecision.Create;
    }
    return before.removes() || !now.removes();
  }

  /** The entry stays as it is, so no mark may say that its directory was compared. */
  private void leave(Pending pending) {
    context.progress().skipped.increment();
    context.unsettled().add(pending.directoryId());
  }
}
