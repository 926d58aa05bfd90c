package io.cadastre.server.sync;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.ufs.spi.UfsStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the journal's records of decisions, and counts them once they are applied. Used by one
 * thread.
 */
final class DecisionRecords {
  private final SyncContext context;
  private Counts made = new Counts();
  // All that one run writes lies in one mount.
  private InodeBody mountBody;

  /** How many of each kind. */
  private static final class Counts {
    private long created;
    private long updated;
    private long replaced;
    private long deleted;

    void count(SyncDecision decision) {
      if (decision instanceof SyncDecision.Create) {
        created++;
      } else if (decision instanceof SyncDecision.Update) {
        updated++;
      } else if (decision instanceof SyncDecision.Replace) {
        replaced++;
      } else {
        deleted++;
      }
    }

    void addTo(SyncProgress progress) {
      progress.created.add(created);
      progress.updated.add(updated);
      progress.replaced.add(replaced);
      progress.deleted.add(deleted);
    }
  }

  DecisionRecords(SyncContext context) {
    this.context = context;
  }

  /**
   * What was made since the last call.
   *
   * @return to be run, by any thread, once it is applied: puts it into the summary. If it is never
   *     applied it is not to be run.
   */
  Runnable takeMade() {
    Counts taken = made;
    made = new Counts();
    return () -> taken.addTo(context.progress());
  }

  /**
   * @param row what the namespace has there; null for a create
   */
  List<JournalRecord> of(SyncWriter.Pending pending, byte[] row) {
    SyncDecision decision = pending.decision();
    long directoryId = pending.directoryId();
    made.count(decision);
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
            ? Records.detach(directoryId, decision.name(), InodeRow.id(row), 0)
            : Records.delete(directoryId, decision.name(), InodeRow.id(row), 0);
    if (decision instanceof SyncDecision.Replace replace) {
      return List.of(removal, create(pending, replace.status()));
    }
    return List.of(removal);
  }

  /**
   * For creates in one directory, names ascending.
   *
   * @param formatLevel the cluster's
   */
  List<JournalRecord> ofCreates(List<SyncWriter.Pending> creates, long formatLevel) {
    if (creates.isEmpty()) {
      return List.of();
    }
    List<JournalRecord> single = new ArrayList<>();
    List<byte[]> names = new ArrayList<>(creates.size());
    List<byte[]> rows = new ArrayList<>(creates.size());
    for (SyncWriter.Pending pending : creates) {
      UfsStatus status = ((SyncDecision.Create) pending.decision()).status();
      made.count(pending.decision());
      if (formatLevel < FormatVersion.CREATE_INODES) {
        single.add(create(pending, status));
      } else {
        names.add(status.name().getBytes(StandardCharsets.UTF_8));
        rows.add(row(pending, status));
      }
    }
    return names.isEmpty()
        ? single
        : List.of(Records.create(creates.get(0).directoryId(), names, rows, 0));
  }

  static Decider.Holds holds(SyncWriter.Pending pending) {
    return Decider.Holds.of(pending.directory().store());
  }

  private JournalRecord create(SyncWriter.Pending pending, UfsStatus status) {
    return Records.create(pending.directoryId(), status.name(), row(pending, status), 0);
  }

  private byte[] row(SyncWriter.Pending pending, UfsStatus status) {
    long now = context.leadership().clock().millis();
    InodeBody.Builder body =
        InodeBody.newBuilder().setId(context.leadership().ids().next()).setCreatedMillis(now);
    if (!holds(pending).ownership()) {
      InodeBody mount = mountBody(pending.directory());
      body.setOwner(mount.getOwner()).setGroup(mount.getGroup());
    }
    return InodeRow.encode(status.mtimeMillis(), now, Decider.made(body, status));
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

  /** One more of these in the summary of a run that writes nothing. */
  void count(SyncDecision decision) {
    Counts one = new Counts();
    one.count(decision);
    one.addTo(context.progress());
  }
}
