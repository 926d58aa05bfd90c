package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Compares all that is below a directory by listing its keys, in ranges and without descending,
 * where the store does that more cheaply. Leaves the same namespace, marks and held deletes as a
 * run by directories would. Directories that are kept for mounts below them, without any key, it
 * leaves in the run's queue. Used by the run's thread; its helpers work on ranges.
 */
final class FlatSync {
  private static final String CAME_BACK =
      "It was not there when it was listed, and is there now; compare it again";

  /** Ranges per thread: they differ in size, and each has a page under way. */
  private static final int RANGES_PER_THREAD = 4;

  private final SyncContext context;
  private final SyncRun run;
  private final SyncTarget target;
  private final long topId;
  // Directories that only the namespace has, and keeps for mounts below them; added by any thread.
  private final Set<NamespacePath> kept = ConcurrentHashMap.newKeySet();

  /**
   * @param topId the run's path in the namespace
   */
  FlatSync(SyncContext context, SyncRun run, long topId) {
    this.context = context;
    this.run = run;
    this.target = run.target();
    this.topId = topId;
  }

  void run() throws InterruptedException {
    List<String> points;
    int wanted = RANGES_PER_THREAD * context.settings().concurrency();
    try {
      points = target.store().splitPoints(target.storePath(), wanted, context.storeDeadline());
    } catch (UfsException e) {
      fail(e.kind().errorCode(), e.getMessage());
      return;
    }
    CutDirectories cuts = new CutDirectories(context, target, topId, points);
    List<RangeSync> ranges = new ArrayList<>();
    RangeQueue queue = new RangeQueue(context.progress());
    try {
      SyncSettings settings = context.settings().perPart(points.size() + 1);
      for (KeyRange range : KeyRange.between(points)) {
        ranges.add(new RangeSync(context, run, range, cuts, settings, kept::add));
      }
      ranges.forEach(queue::add);
      work(queue);
    } finally {
      ranges.forEach(RangeSync::close);
    }
    if (run.isTrusted()) {
      finish(cuts);
    }
  }

  private void work(RangeQueue queue) throws InterruptedException {
    RangeCrew crew = new RangeCrew(queue);
    crew.crew.found();
    crew.crew.work(crew.worker());
  }

  /** The crew, and its workers, which call it when they put a range back. */
  private final class RangeCrew {
    private final RangeQueue queue;
    private final Crew<RangeSync> crew;

    RangeCrew(RangeQueue queue) {
      this.queue = queue;
      this.crew =
          new Crew<>(
              context, target, queue, () -> context.settings().concurrency() - 1, this::worker);
    }

    RangeWorker worker() {
      return new RangeWorker(context, run, queue, () -> crew.found());
    }
  }

  private void fail(ErrorCode code, String message) {
    run.distrust();
    context.progress().fail(target.path().toString(), code.name(), message);
  }

  /** Sees to what no range could: all of them have ended well. */
  private void finish(CutDirectories cuts) throws InterruptedException {
    if (!cuts.top().isSeen() && !isEmptyByRight()) {
      return;
    }
    forget(cuts);
    Deque<ListedDirectory> done = new ArrayDeque<>();
    for (CutDirectory cut : cuts.all()) {
      boolean top = cut.parent() == null;
      if ((!top && !cut.isSeen()) || cut.isIgnored()) {
        continue;
      }
      context.progress().directories.increment();
      if (!cut.isUnknown()) {
        done.add(new ListedDirectory(cut.path(), cut.id(), cut.outcome()));
      }
    }
    done.forEach(run::markLater);
    queueKept();
  }

  /** A run by directories finds those below others by itself. */
  private void queueKept() {
    for (NamespacePath path : kept) {
      boolean below =
          IntStream.range(target.path().depth() + 1, path.depth())
              .anyMatch(depth -> kept.contains(path.ancestor(depth)));
      if (!below) {
        run.queue().add(path);
      }
    }
  }

  /** Deletes in directories that go themselves, or of which something is not known. */
  private void forget(CutDirectories cuts) throws InterruptedException {
    Set<Long> gone = new HashSet<>();
    Set<Long> unknown = new HashSet<>();
    for (CutDirectory cut : cuts.all()) {
      if (cut.parent() != null && !cut.isSeen()) {
        gone.add(cut.knownId());
        delete(cut);
      }
      if (cut.isUnknown()) {
        unknown.add(cut.knownId());
      }
    }
    run.deletes().forgetOf(gone);
    run.deletes().dropOf(unknown);
  }

  /** No range has seen it: if it is known, and what is above is there, it has gone. */
  private void delete(CutDirectory cut) {
    CutDirectory above = cut.parent();
    boolean there = above.parent() == null || above.isSeen();
    if (!there || above.isIgnored() || cut.isReplaced() || !context.refresh()) {
      return;
    }
    String name = cut.path().name();
    try (AppliedView view = context.leadership().view()) {
      byte[] row = view.get(Family.CHILDREN, KeyLayout.child(above.id(), name));
      if (row == null || InodeRow.id(row) != cut.knownId()) {
        return;
      }
      boolean mount = view.mounts().isMountPointOrAbove(cut.path());
      if (mount && InodeRow.isDirectory(row) && !view.mounts().isMountPoint(cut.path())) {
        kept.add(cut.path());
      }
      long index = above.outcome().index();
      Decider.onlyInNamespace(name, row, mount)
          .ifPresent(
              decision -> {
                above.left(false, true);
                run.deletes()
                    .add(
                        new SyncWriter.Pending(
                            target.at(above.path()), above.id(), decision, index));
              });
    }
  }

  /** Nothing was listed: whether that means an empty directory. */
  private boolean isEmptyByRight() throws InterruptedException {
    if (target.isRoot()) {
      if (!context.overrideGuard() && expectsAny()) {
        fail(ErrorCode.STORE_ROOT_CHANGED, DirectorySync.ROOT_IS_EMPTY);
        return false;
      }
      return true;
    }
    StoreLookup lookup = context.lookup(target);
    if (lookup instanceof StoreLookup.Present) {
      try {
        if (context.isListedEmpty(target)) {
          return true;
        }
        fail(ErrorCode.STORE_UNAVAILABLE, CAME_BACK);
      } catch (UfsException e) {
        fail(e.kind().errorCode(), e.getMessage());
      }
      return false;
    }
    // It went between two requests: what is there now is found by comparing the path itself.
    run.deletes().discard();
    SyncWriter writer = new SyncWriter(context, null);
    PathSync.Outcome now = new PathSync(context, writer, run.deletes()).run(target);
    writer.finish();
    if (now == PathSync.Outcome.UNKNOWN) {
      run.distrust();
    }
    return false;
  }

  private boolean expectsAny() {
    try (AppliedView view = context.leadership().view()) {
      return EntryCounter.expectsAny(view, target.path(), topId);
    }
  }
}
