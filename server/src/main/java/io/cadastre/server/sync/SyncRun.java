package io.cadastre.server.sync;

import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.PutSyncMark;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.SyncRow;
import io.cadastre.server.transaction.MetadataExceptions;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.ufs.spi.UfsException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One sync from its first request to its marks: the path itself, then directories breadth first.
 * Marks are written only over what is known: CHILDREN for each directory that was listed without an
 * unknown, ALL only if the whole subtree was.
 */
final class SyncRun {
  private static final long LOADED_MILLIS = 1;

  /** Stands for a directory that a dry run would make. */
  private static final long NOT_THERE = -2;

  private final SyncContext context;
  private final SyncTarget target;
  private final SyncDepth depth;
  private final Predicate<NamespacePath> fresh;
  private final SyncWriter writer;
  private final DeleteCollector deletes;

  /**
   * @param fresh directories that need not be listed: they were compared recently enough
   */
  SyncRun(SyncContext context, SyncTarget target, SyncDepth depth, Predicate<NamespacePath> fresh) {
    this.context = context;
    this.target = target;
    this.depth = depth;
    this.fresh = fresh;
    this.writer = new SyncWriter(context);
    this.deletes = new DeleteCollector(context, writer, target.mount());
  }

  /** A listed directory that gets its mark once everything it showed is written. */
  private record Listed(long id, DirectorySync.Outcome outcome) {}

  void run() throws InterruptedException {
    long index;
    long millis = context.leadership().clock().millis();
    try (AppliedView view = context.leadership().view()) {
      index = view.stateIndex();
    }
    try {
      new PathSync(context, writer, deletes).run(target);
      writer.finish();
      if (depth != SyncDepth.SELF && context.progress().isClean()) {
        directories(index, millis);
      } else {
        deletes.finish(context.progress().failed.sum() == 0);
        writer.finish();
        markSelf(index, millis);
      }
    } catch (UfsException e) {
      context
          .progress()
          .fail(target.path().toString(), e.kind().errorCode().name(), e.getMessage());
    } catch (MetadataException e) {
      context.progress().fail(target.path().toString(), e.code().name(), e.getMessage());
    }
  }

  /** The path itself was compared, or made just now. */
  private void markSelf(long index, long millis) {
    boolean made = context.progress().created.sum() > 0;
    if (context.dryRun() || !context.progress().isClean() || !(context.refresh() || made)) {
      return;
    }
    try (AppliedView view = context.leadership().view()) {
      Resolution known = context.resolver().resolve(view, target.path(), context.caller());
      if (known.exists() && !target.path().isRoot()) {
        context.marks().self(known.parentId(), target.path().name(), known.id(), millis, index);
      }
    }
  }

  private void directories(long index, long millis) throws InterruptedException {
    Optional<Long> topId = directoryId(target.path());
    if (topId.isEmpty()) {
      deletes.finish(context.progress().failed.sum() == 0);
      writer.finish();
      return;
    }
    Deque<NamespacePath> queue = new ArrayDeque<>();
    Deque<Listed> listed = new ArrayDeque<>();
    queue.add(target.path());
    boolean complete = true;
    while (!queue.isEmpty()) {
      NamespacePath path = queue.remove();
      context.progress().queued = queue.size();
      complete &= directory(path, queue, listed);
      if (listed.size() >= 1_000) {
        writer.finish();
        mark(listed);
      }
    }
    deletes.finish(complete);
    writer.finish();
    mark(listed);
    if (depth == SyncDepth.ALL && complete && !context.dryRun() && context.progress().isClean()) {
      markLoaded(topId.get(), PutSyncMark.Depth.ALL, millis, index);
    }
  }

  /** Lists one directory; false if something in it is unknown. */
  private boolean directory(NamespacePath path, Deque<NamespacePath> queue, Deque<Listed> listed)
      throws InterruptedException {
    boolean recursive = depth == SyncDepth.ALL;
    if (recursive && !path.equals(target.path()) && fresh.test(path)) {
      context.progress().skipped.increment();
      knownDirectories(path, queue);
      return true;
    }
    Optional<Long> id = directoryId(path);
    if (id.isEmpty()) {
      // Its creation may still be on its way.
      writer.finish();
      id = directoryId(path);
    }
    if (id.isEmpty() && context.dryRun()) {
      id = Optional.of(NOT_THERE);
    }
    if (id.isEmpty()) {
      context.progress().skipped.increment();
      return true;
    }
    try {
      DirectorySync.Outcome outcome =
          new DirectorySync(context, writer, deletes)
              .run(
                  target.at(path),
                  id.get(),
                  name -> {
                    if (recursive) {
                      queue.add(path.child(name));
                    }
                  });
      if (outcome.complete()) {
        listed.add(new Listed(id.get(), outcome));
      }
      return outcome.complete();
    } catch (UfsException e) {
      if (e.kind() == UfsException.Kind.ABSENT || e.kind() == UfsException.Kind.NOT_A_DIRECTORY) {
        // It went between two requests: what is there now is found by comparing the path itself.
        new PathSync(context, writer, deletes).run(target.at(path));
        return true;
      }
      context.progress().fail(path.toString(), e.kind().errorCode().name(), e.getMessage());
      return false;
    } catch (MetadataException e) {
      MetadataException cause = MetadataExceptions.unwrap(e);
      context.progress().fail(path.toString(), cause.code().name(), cause.getMessage());
      return false;
    }
  }

  private void knownDirectories(NamespacePath path, Deque<NamespacePath> queue) {
    try (AppliedView view = context.leadership().view()) {
      Resolution known = context.resolver().resolve(view, path, context.caller());
      if (known.isDirectory()) {
        KnownDirectories.forEach(
            view,
            known.id(),
            name -> {
              NamespacePath child = path.child(name);
              if (!view.mounts().isMountPoint(child)) {
                queue.add(child);
              }
            });
      }
    }
  }

  private void mark(Deque<Listed> listed) {
    if (!context.dryRun() && !deletes.isGuarded()) {
      for (Listed directory : listed) {
        markLoaded(
            directory.id(),
            PutSyncMark.Depth.CHILDREN,
            directory.outcome().millis(),
            directory.outcome().index());
      }
    }
    listed.clear();
  }

  /**
   * Loading only what is missing says nothing about what was known: such a mark notes that a
   * directory was loaded, at a time so old that no interval takes it for fresh, and never replaces
   * a mark of a comparison.
   */
  private void markLoaded(long directoryId, PutSyncMark.Depth markDepth, long millis, long index) {
    if (context.refresh()) {
      context.marks().directory(directoryId, markDepth, millis, index);
      return;
    }
    if (context.marks().find(directoryId, markDepth) != null) {
      return;
    }
    SyncRow known;
    try (AppliedView view = context.leadership().view()) {
      known = SyncRow.decode(view.get(Family.SYNC, KeyLayout.id(directoryId)));
    }
    long there = markDepth == PutSyncMark.Depth.ALL ? known.allIndex() : known.childrenIndex();
    if (there == 0) {
      context.marks().directory(directoryId, markDepth, LOADED_MILLIS, index);
    }
  }

  private Optional<Long> directoryId(NamespacePath path) {
    try (AppliedView view = context.leadership().view()) {
      Resolution resolution = context.resolver().resolve(view, path, context.caller());
      return resolution.isDirectory() ? Optional.of(resolution.id()) : Optional.empty();
    } catch (MetadataException e) {
      if (e.code() == io.cadastre.core.error.ErrorCode.NOT_A_DIRECTORY) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
