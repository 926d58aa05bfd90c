package io.cadastre.server.sync;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.raft.JournalWriter;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.store.AbsentRange;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.lock.LockedPaths;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes decisions, many in a journal entry, several entries in flight. A sync never undoes
 * anything: each decision is looked at again under its entry's lock, just before it is written.
 * What changed after the listing's index, whoever changed it, is decided about again by a fresh
 * lookup, unless it says the same: the change may be of a run that has asked the store before this
 * one. So is a create if the directory lost an entry after that index, a delete of a file if its
 * directory was compared again, and every delete or replacement of a directory. Locks are only
 * tried, and only when a batch is written; busy entries and those to be confirmed are done in a
 * {@link SecondPass}. Used by one thread at a time.
 */
final class SyncWriter {
  /** What is decided about one entry, and the state index read before the store was asked. */
  record Pending(SyncTarget directory, long directoryId, SyncDecision decision, long listingIndex) {

    NamespacePath path() {
      return directory.path().child(decision.name());
    }
  }

  /** Bytes that one append may take, well below what an operation may have. */
  private static final int MOST_APPEND_BYTES = JournalWriter.MAX_OPERATION_BYTES / 2;

  /**
   * Decisions in an entry of a run that gives way. A page's thousand take three replicas some 10 ms
   * of all processors at one go, and whoever wakes up meanwhile waits for that.
   */
  private static final int FEW_DECISIONS = 700;

  /** Of a row and its place in a record, without name and link target. */
  private static final int ROW_BYTES = 300;

  /**
   * Locked together.
   *
   * @param run one decision, or creates in one directory with ascending names
   */
  private record Locked(List<Pending> run, LockedPaths locks) {}

  private final SyncContext context;
  private final SyncPace.Worker pace;
  // Without locks: the store may take its time between two pages, and nobody may wait for that.
  private final List<Pending> batch = new ArrayList<>();
  private final List<Pending> busy = new ArrayList<>();
  private final PlaceCheck places;
  private final DecisionRecords records;
  private final EntriesInFlight inFlight;
  private final SecondPass secondPass;

  /**
   * @param pace of the thread that uses it; null if it does not rest by itself
   */
  SyncWriter(SyncContext context, SyncPace.Worker pace) {
    this.context = context;
    this.pace = pace;
    this.places = new PlaceCheck(context);
    this.records = new DecisionRecords(context);
    this.inFlight =
        new EntriesInFlight(
            context.leadership()::append,
            context.settings().batchesInFlight(),
            context.unsettled());
    this.secondPass = new SecondPass(context, places, records, inFlight);
  }

  /** Takes a decision; journals a batch when it is full. */
  void write(Pending pending) throws InterruptedException {
    if (context.dryRun()) {
      report(pending);
      return;
    }
    batch.add(pending);
    if (batch.size() >= mostDecisions()) {
      flushBatch();
      rest();
    }
  }

  private int mostDecisions() {
    int most = context.settings().batchRecords() / 2;
    return pace != null && pace.givesWay() ? Math.min(most, FEW_DECISIONS) : most;
  }

  /** Rests if it is time to; what was journaled is waited for first. */
  void rest() throws InterruptedException {
    if (pace != null) {
      pace.worked(this::drain);
    }
  }

  /** Waits until all that was journaled is applied; what is collected stays. */
  void drain() throws InterruptedException {
    inFlight.drain();
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
    if (!(decision instanceof SyncDecision.Create) && isOvertaken(pending)) {
      context.progress().skipped.increment();
      return;
    }
    context.progress().difference(Differences.of(context, pending));
    records.count(decision);
  }

  /** Whether an entry differs no more, or is not what the listing was compared with. */
  private boolean isOvertaken(Pending pending) {
    SyncDecision decision = pending.decision();
    try (AppliedView view = context.leadership().view()) {
      byte[] row =
          view.get(Family.CHILDREN, KeyLayout.child(pending.directoryId(), decision.name()));
      // A directory's row changes with its entries too.
      return row == null
          || InodeRow.id(row) != decision.inodeId()
          || (hasChanged(row, pending) && !(InodeRow.isDirectory(row) && decision.isUpdate()))
          || EntryCounter.staysForIncomplete(view, decision, row);
    }
  }

  private static boolean hasChanged(byte[] row, Pending pending) {
    return InodeRow.changeIndex(row) > pending.listingIndex();
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
    List<Pending> taken = List.copyOf(batch);
    batch.clear();
    Deque<Locked> locked = new ArrayDeque<>();
    boolean done = false;
    try {
      lock(taken, locked);
      try (AppliedView view = context.leadership().view()) {
        AbsentRange absent = new AbsentRange(view);
        while (!locked.isEmpty()) {
          send(view, absent, locked);
        }
      }
      done = true;
    } finally {
      locked.forEach(run -> run.locks().close());
      if (!done) {
        // Some of it may not be written: no mark may say that these directories were compared.
        taken.forEach(pending -> context.unsettled().add(pending.directoryId()));
      }
    }
    if (busy.size() >= context.settings().batchRecords()) {
      secondPasses();
    }
  }

  /** Takes runs away and journals them together, as many as an append may hold. */
  private void send(AppliedView view, AbsentRange absent, Deque<Locked> locked)
      throws InterruptedException {
    List<JournalRecord> all = new ArrayList<>();
    List<LockedPaths> held = new ArrayList<>();
    Set<Long> directories = new HashSet<>();
    int bytes = 0;
    try {
      while (!locked.isEmpty() && bytes < MOST_APPEND_BYTES) {
        Locked next = locked.remove();
        held.add(next.locks());
        List<JournalRecord> made = recheck(view, absent, next.run());
        if (made.isEmpty()) {
          held.remove(held.size() - 1).close();
        }
        all.addAll(made);
        directories.add(next.run().get(0).directoryId());
        for (JournalRecord record : made) {
          bytes += record.getSerializedSize();
        }
      }
    } catch (RuntimeException e) {
      records.takeMade();
      held.forEach(LockedPaths::close);
      throw e;
    }
    inFlight.send(all, held, directories, records.takeMade());
  }

  private void lock(List<Pending> taken, Deque<Locked> locked) {
    for (int from = 0; from < taken.size(); ) {
      int to = endOfRun(taken, from);
      lockRun(List.copyOf(taken.subList(from, to)), locked);
      from = to;
    }
  }

  /** The run that begins there: creates in one directory are decided again and made together. */
  private static int endOfRun(List<Pending> taken, int from) {
    Pending first = taken.get(from);
    int bytes = bytesOf(first);
    int to = from + 1;
    for (; to < taken.size() && bytes < MOST_APPEND_BYTES / 2; to++) {
      Pending next = taken.get(to);
      if (!(first.decision() instanceof SyncDecision.Create
          && next.decision() instanceof SyncDecision.Create
          && next.directoryId() == first.directoryId()
          && next.listingIndex() == first.listingIndex()
          && next.directory().path().equals(first.directory().path())
          && NamespacePath.compareNames(taken.get(to - 1).decision().name(), next.decision().name())
              < 0)) {
        break;
      }
      bytes += bytesOf(next);
    }
    return to;
  }

  private static int bytesOf(Pending pending) {
    return pending.decision() instanceof SyncDecision.Create create
        ? ROW_BYTES + 3 * (create.name().length() + create.status().linkTarget().length())
        : ROW_BYTES;
  }

  /** Locks a run; if one of it is busy, what of it is not. */
  private void lockRun(List<Pending> run, Deque<Locked> locked) {
    Optional<LockedPaths> locks = context.leadership().locks().tryAcquire(lockRequest(run));
    if (locks.isPresent()) {
      locked.add(new Locked(run, locks.get()));
    } else if (run.size() == 1) {
      busy.addAll(run);
    } else {
      run.forEach(pending -> lockRun(List.of(pending), locked));
    }
  }

  private static LockRequest lockRequest(List<Pending> run) {
    if (run.size() == 1) {
      return LockRequest.forWrite(run.get(0).path());
    }
    return LockRequest.forWrites(
        run.get(0).directory().path(), run.stream().map(one -> one.decision().name()).toList());
  }

  /** The decisions again, under their locks; no records for those that are overtaken. */
  private List<JournalRecord> recheck(AppliedView view, AbsentRange absent, List<Pending> run) {
    Pending first = run.get(0);
    if (!places.isInPlace(view, first)) {
      context.progress().skipped.add(run.size());
      context.unsettled().add(first.directoryId());
      return List.of();
    }
    return first.decision() instanceof SyncDecision.Create
        ? recheckCreates(view, absent, run)
        : recheck(view, first);
  }

  private List<JournalRecord> recheckCreates(
      AppliedView view, AbsentRange absent, List<Pending> run) {
    List<Pending> creates = new ArrayList<>(run.size());
    for (Pending pending : run) {
      byte[] key = KeyLayout.child(pending.directoryId(), pending.decision().name());
      if (!absent.isAbsent(key)) {
        recheckMade(view, pending, view.get(Family.CHILDREN, key));
      } else if (places.lostAnEntry(pending)) {
        busy.add(pending);
      } else {
        creates.add(pending);
      }
    }
    return records.ofCreates(creates, view.formatLevel());
  }

  private List<JournalRecord> recheck(AppliedView view, Pending pending) {
    SyncDecision decision = pending.decision();
    byte[] row = view.get(Family.CHILDREN, KeyLayout.child(pending.directoryId(), decision.name()));
    if (row == null && decision instanceof SyncDecision.Delete) {
      context.progress().skipped.increment();
      return List.of();
    }
    if (row == null || InodeRow.id(row) != decision.inodeId()) {
      busy.add(pending);
      return List.of();
    }
    // A directory's row changes with its entries too, and perhaps by this very run.
    if (hasChanged(row, pending)
        || InodeRow.isDirectory(row) && !decision.isUpdate()
        || decision instanceof SyncDecision.Delete && places.wasComparedSince(view, pending)) {
      busy.add(pending);
      return List.of();
    }
    return records.of(pending, row);
  }

  /** Somebody has made meanwhile what was to be made. */
  private void recheckMade(AppliedView view, Pending pending, byte[] row) {
    UfsStatus status = ((SyncDecision.Create) pending.decision()).status();
    boolean same =
        row != null
            && Decider.isSame(status, row, InodeRow.body(row), DecisionRecords.holds(pending));
    if (same || !context.refresh()) {
      context.progress().skipped.increment();
    } else {
      busy.add(pending);
    }
  }
}
