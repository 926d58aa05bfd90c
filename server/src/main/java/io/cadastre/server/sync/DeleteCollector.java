package io.cadastre.server.sync;

import io.cadastre.core.error.MetadataException;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.PutMount;
import io.cadastre.journal.record.proto.StoreOption;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.lock.LockedPaths;
import io.cadastre.server.transaction.MetadataExceptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Holds a run's deletes back until everything was listed without an unknown, and the mass-delete
 * guard has passed: a store that was emptied by mistake, or hides a part of itself for a moment,
 * does not empty the namespace. Bounded: when very many deletes have come together the guard is
 * asked early. Used by one run's thread.
 */
final class DeleteCollector {
  private static final int MOST_DELETES = 200_000;

  private final SyncContext context;
  private final SyncWriter writer;
  private final MountPoint mount;
  private final List<SyncWriter.Pending> deletes = new ArrayList<>();
  private long entries;
  private boolean guarded;

  DeleteCollector(SyncContext context, SyncWriter writer, MountPoint mount) {
    this.context = context;
    this.writer = writer;
    this.mount = mount;
  }

  void add(SyncWriter.Pending delete) throws InterruptedException {
    if (guarded) {
      context.progress().skipped.increment();
      return;
    }
    deletes.add(delete);
    if (deletes.size() >= MOST_DELETES) {
      write(false);
    }
  }

  /** Whether a listing showed deletes that were held back. */
  boolean isGuarded() {
    return guarded;
  }

  /**
   * The run is over.
   *
   * @param complete whether everything was listed; if not, nothing is deleted
   */
  void finish(boolean complete) throws InterruptedException {
    if (!complete) {
      context.progress().skipped.add(deletes.size());
      deletes.clear();
      return;
    }
    write(true);
  }

  private void write(boolean last) throws InterruptedException {
    if (!context.overrideGuard() && !context.dryRun() && tripped()) {
      guarded = true;
      hold();
      context.progress().skipped.add(deletes.size());
      deletes.clear();
      return;
    }
    for (SyncWriter.Pending delete : deletes) {
      writer.write(delete);
    }
    deletes.clear();
    if (last && mount.guarded() && !context.dryRun()) {
      journalGuard("");
    }
  }

  /** More than so many entries, and more than a share of the mount. */
  private boolean tripped() {
    try (AppliedView view = context.leadership().view()) {
      long limit = context.settings().guardCount();
      for (SyncWriter.Pending delete : deletes) {
        entries += 1;
        if (((SyncDecision.Delete) delete.decision()).directory()) {
          entries +=
              EntryCounter.below(
                  view, ((SyncDecision.Delete) delete.decision()).inodeId(), Long.MAX_VALUE);
        }
      }
      if (entries <= limit) {
        return false;
      }
      long all = EntryCounter.belowPath(view, context.resolver(), context.caller(), mount.path());
      return entries > context.settings().guardShare() * all;
    }
  }

  private void hold() throws InterruptedException {
    String reason =
        "the store lacks "
            + entries
            + " of the known entries, more than the mass-delete guard lets pass; look at the store, then run"
            + " `cadastre fs load-metadata -R -F --override-guard "
            + mount.path()
            + "` to delete them here";
    context.progress().condition("GUARDED: " + reason);
    journalGuard(reason);
  }

  /** Journals the mount's guard state, so that every replica and the next leader know. */
  private void journalGuard(String reason) throws InterruptedException {
    NamespacePath path = mount.path();
    try (LockedPaths locks =
        context
            .leadership()
            .locks()
            .acquire(
                LockRequest.nameLock("mounts"), System.nanoTime() + TimeUnit.SECONDS.toNanos(10))
            .get()) {
      MountPoint current;
      try (AppliedView view = context.leadership().view()) {
        current = view.mounts().at(path).orElse(null);
      }
      if (current == null
          || current.mountId() != mount.mountId()
          || current.guardReason().equals(reason)) {
        return;
      }
      PutMount.Builder row =
          PutMount.newBuilder()
              .setMountId(current.mountId())
              .setPath(path.toString())
              .setStoreUri(current.storeUri())
              .setWritable(current.writable())
              .setShared(current.shared())
              .setRootIdentity(current.rootIdentity())
              .setMountedMillis(current.mountedMillis())
              .setGuardReason(reason)
              .setGuardMillis(reason.isEmpty() ? 0 : context.leadership().clock().millis());
      current
          .options()
          .forEach(
              option ->
                  row.addOptions(
                      StoreOption.newBuilder().setName(option.name()).setValue(option.value())));
      context.leadership().append(List.of(Records.of(row.build()))).get();
    } catch (ExecutionException e) {
      MetadataException cause = MetadataExceptions.unwrap(e);
      context.progress().fail(path.toString(), cause.code().name(), cause.getMessage());
    }
  }
}
