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
import java.util.function.Function;

/**
 * One sync from its first request to its marks: the path itself, then directories breadth first.
 * Marks are written only over what is known: CHILDREN for each directory that was listed without an
 * unknown, ALL only if the whole subtree was.
 */
final class SyncRun {
  /** Stands for a directory that a dry run would make. */
  private static final long NOT_THERE = -2;

  private final SyncContext context;
  private final SyncTarget target;
  private final SyncDepth depth;
  private final Function<NamespacePath, Freshness.Covering> fresh;
  private final SyncWriter writer;
  private final DeleteCollector deletes;
  private final Deque<Listed> withDeletes = new ArrayDeque<>();

  /** False once the store as a whole seems not to be well: then nothing is deleted at all. */
  private boolean trusted = true;

  /** The oldest comparison that this run relies on. */
  private long oldestIndex;

  private long oldestMillis;

  /**
   * @param fresh for a directory that need not be listed, as it was compared recently enough, when
   *     that was; else {@link Freshness#NEVER}
   */
  SyncRun(
      SyncContext context,
      SyncTarget target,
      SyncDepth depth,
      Function<NamespacePath, Freshness.Covering> fresh) {
    this.context = context;
    this.target = target;
    this.depth = depth;
    this.fresh = fresh;
    this.writer = new SyncWriter(context);
    this.deletes =
        new DeleteCollector(
            context,
            writer,
            target,
            depth == SyncDepth.ALL && target.isRoot() && context.refresh());
  }

  /** A listed directory that gets its mark once everything it showed is written. */
  private record Listed(NamespacePath path, long id, DirectorySync.Outcome outcome) {}

  void run() throws InterruptedException {
    long index;
    long millis = context.leadership().clock().millis();
    try (AppliedView view = context.leadership().view()) {
      index = view.stateIndex();
    }
    try (deletes) {
      oldestIndex = index;
      oldestMillis = millis;
      boolean present =
          new PathSync(context, writer, deletes).run(target) == PathSync.Outcome.PRESENT;
      writer.finish();
      if (present && depth != SyncDepth.SELF && context.progress().isClean()) {
        directories();
      } else {
        trusted &= context.progress().isClean();
        finishDeletes();
        if (present) {
          markSelf(index, millis);
        }
      }
    } catch (UfsException e) {
      context
          .progress()
          .fail(target.path().toString(), e.kind().errorCode().name(), e.getMessage());
    } catch (MetadataException e) {
      context.progress().fail(target.path().toString(), e.code().name(), e.getMessage());
    }
  }

  private void finishDeletes() throws InterruptedException {
    if (trusted) {
      deletes.finish();
    } else {
      deletes.discardFrom(0);
    }
    writer.finish();
  }

  /** The path itself was compared, or made just now. */
  private void markSelf(long index, long millis) {
    boolean made = context.progress().created.sum() > 0;
    if (context.dryRun() || !context.progress().isClean() || !(context.refresh() || made)) {
      return;
    }
    try (AppliedView view = context.leadership().view()) {
      Resolution known = context.resolver().resolve(view, target.path(), context.caller());
      if (known.exists() && !target.path().isRoot() && writer.isSettled(known.parentId())) {
        context.marks().self(known.parentId(), target.path().name(), known.id(), millis, index);
      }
    }
  }

  private void directories() throws InterruptedException {
    Optional<Long> topId = directoryId(target.path());
    if (topId.isEmpty()) {
      finishDeletes();
      return;
    }
    Deque<NamespacePath> queue = new ArrayDeque<>();
    Deque<Listed> listed = new ArrayDeque<>();
    queue.add(target.path());
    while (!queue.isEmpty()) {
      if (context.progress().isCancelled()) {
        trusted = false;
        break;
      }
      NamespacePath path = queue.remove();
      context.progress().queued = queue.size();
      directory(path, queue, listed);
      if (listed.size() >= 1_000) {
        writer.finish();
        mark(listed);
      }
    }
    finishDeletes();
    mark(listed);
    mark(withDeletes);
    if (depth == SyncDepth.ALL
        && trusted
        && !context.dryRun()
        && context.progress().isClean()
        && writer.isAllSettled()) {
      markLoaded(topId.get(), PutSyncMark.Depth.ALL, oldestMillis, oldestIndex);
    }
  }

  /** Lists one directory; what is unknown in it is in the progress. */
  private void directory(NamespacePath path, Deque<NamespacePath> queue, Deque<Listed> listed)
      throws InterruptedException {
    boolean recursive = depth == SyncDepth.ALL;
    if (recursive && !path.equals(target.path())) {
      Freshness.Covering compared = fresh.apply(path);
      if (compared.exists()) {
        context.progress().skipped.increment();
        oldestIndex = Math.min(oldestIndex, compared.index());
        oldestMillis = Math.min(oldestMillis, compared.millis());
        knownDirectories(path, queue);
        return;
      }
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
      return;
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
        (outcome.holdsDeletes() ? withDeletes : listed).add(new Listed(path, id.get(), outcome));
      }
    } catch (UfsException e) {
      if (e.kind() == UfsException.Kind.ABSENT || e.kind() == UfsException.Kind.NOT_A_DIRECTORY) {
        // It went between two requests: what is there now is found by comparing the path itself.
        PathSync.Outcome now = new PathSync(context, writer, deletes).run(target.at(path));
        trusted &= now != PathSync.Outcome.UNKNOWN;
        return;
      }
      // A directory that is closed to us says nothing of the others; a store that fails does.
      trusted &= e.kind() == UfsException.Kind.DENIED;
      context.progress().fail(path.toString(), e.kind().errorCode().name(), e.getMessage());
    } catch (MetadataException e) {
      MetadataException cause = MetadataExceptions.unwrap(e);
      trusted = false;
      context.progress().fail(path.toString(), cause.code().name(), cause.getMessage());
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
    if (!context.dryRun()) {
      for (Listed directory : listed) {
        if (writer.isSettled(directory.id()) && stands(directory)) {
          markLoaded(
              directory.id(),
              PutSyncMark.Depth.CHILDREN,
              directory.outcome().millis(),
              directory.outcome().index());
        }
      }
    }
    listed.clear();
  }

  /** Whether it was this very directory that was listed. */
  private boolean stands(Listed directory) {
    try (AppliedView view = context.leadership().view()) {
      return writer.stands(view, directory.path(), directory.id(), directory.outcome().index());
    }
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
      context.marks().directory(directoryId, markDepth, Freshness.LOADED_MILLIS, index);
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
