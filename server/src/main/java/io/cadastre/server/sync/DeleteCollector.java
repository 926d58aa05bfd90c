package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
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
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Holds a run's deletes back until everything was listed without an unknown, and the mass-delete
 * guard has passed: a store that was emptied by mistake, or hides a part of itself for a moment,
 * does not empty the namespace. Bounded: what does not fit in memory is spilled to disk. All of a
 * run's threads add; its own one writes, once the others have left.
 */
final class DeleteCollector implements AutoCloseable {
  private final SyncContext context;
  private final SyncWriter writer;
  private final SyncTarget target;
  private final MountPoint mount;
  private final DeleteSpill deletes;
  private long entries;

  /**
   * @param target what the run compares
   */
  DeleteCollector(SyncContext context, SyncWriter writer, SyncTarget target) {
    this.context = context;
    this.writer = writer;
    this.target = target;
    this.mount = target.mount();
    this.deletes = new DeleteSpill(target, context.settings());
  }

  /**
   * Holds a delete.
   *
   * @throws MetadataException UNAVAILABLE if there is no room for it
   */
  synchronized void add(SyncWriter.Pending delete) {
    deletes.add(delete);
  }

  /** Holds the deletes of a directory whose listing has ended well; `staged` is empty then. */
  synchronized void take(DeleteSpill staged) throws InterruptedException {
    if (!staged.isEmpty()) {
      staged.forEach(0, deletes::add);
      staged.truncate(0);
    }
  }

  /** Drops the deletes of a directory whose listing did not end well; `staged` is empty then. */
  void drop(DeleteSpill staged) throws InterruptedException {
    staged.forEach(0, this::drop);
    staged.truncate(0);
  }

  /**
   * Drops the deletes of one directory, of which something is not known.
   *
   * @param from number of the first delete in `staged` that may be of it
   */
  void drop(DeleteSpill staged, long from, long directoryId) throws InterruptedException {
    staged.removeIf(from, delete -> delete.directoryId() == directoryId, this::drop);
  }

  /** Drops the deletes of these directories. */
  synchronized void dropOf(Set<Long> directoryIds) throws InterruptedException {
    deletes.removeIf(0, delete -> directoryIds.contains(delete.directoryId()), this::drop);
  }

  /** Forgets the deletes in these directories, as the directories themselves go. */
  synchronized void forgetOf(Set<Long> directoryIds) throws InterruptedException {
    deletes.removeIf(0, delete -> directoryIds.contains(delete.directoryId()), delete -> {});
  }

  /** Nothing that is held is to be written. */
  void discard() throws InterruptedException {
    drop(deletes);
  }

  private void drop(SyncWriter.Pending delete) {
    context.progress().skipped.increment();
    context.unsettled().add(delete.directoryId());
  }

  /**
   * Writes what is held if nothing speaks against it.
   *
   * @param wholeMount whether the run has looked at everything that the mount has, so that it can
   *     tell that the guard holds nothing any more
   */
  void finish(boolean wholeMount) throws InterruptedException {
    write(wholeMount);
    // A part that could not be read may hide what the guard holds.
    if (wholeMount && mount.guarded() && !context.dryRun() && context.progress().isClean()) {
      journalGuard("");
    }
  }

  private void write(boolean wholeMount) throws InterruptedException {
    if (deletes.isEmpty()) {
      return;
    }
    if (!context.overrideGuard() && !context.dryRun() && (rootIsEmpty() || held(wholeMount))) {
      discard();
      return;
    }
    deletes.forEach(0, writer::write);
    deletes.truncate(0);
  }

  /** An empty root where entries are known says nothing, also not about a path below it. */
  private boolean rootIsEmpty() {
    SyncTarget root = target.at(mount.path());
    if (!context.isListedEmpty(root)) {
      return false;
    }
    context
        .progress()
        .fail(
            mount.path().toString(),
            ErrorCode.STORE_ROOT_CHANGED.name(),
            DirectorySync.ROOT_IS_EMPTY);
    return true;
  }

  private boolean held(boolean wholeMount) throws InterruptedException {
    // While the guard holds a mount, only a look at all of it can show that the store is whole
    // again.
    if (mount.guarded() && !wholeMount) {
      context.progress().condition("GUARDED: " + mount.guardReason());
      return true;
    }
    if (tripped()) {
      hold();
      return true;
    }
    return false;
  }

  /** More than so many entries, and more than a share of the mount. */
  private boolean tripped() throws InterruptedException {
    try (AppliedView view = context.leadership().view()) {
      long limit = context.settings().guardCount();
      deletes.forEach(
          0,
          delete ->
              entries += 1 + EntryCounter.below(view, delete.decision().inodeId(), Long.MAX_VALUE));
      if (entries <= limit) {
        return false;
      }
      // Of what was known before: what this run has found elsewhere does not make up for it.
      long all =
          EntryCounter.ofMount(view, context.resolver(), context.caller(), mount.path())
              - context.progress().created.sum();
      return entries > context.settings().guardShare() * all;
    }
  }

  private void hold() throws InterruptedException {
    String reason =
        "the store lacks "
            + entries
            + " of the known entries, more than the mass-delete guard lets pass; look at the store,"
            + " then run `cadastre fs load-metadata -R -F --override-guard "
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
            .await(
                LockRequest.nameLock("mounts"), System.nanoTime() + TimeUnit.SECONDS.toNanos(10))) {
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

  @Override
  public void close() {
    deletes.close();
  }
}
