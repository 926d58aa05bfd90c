package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.PutSyncMark;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.SyncRow;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.ufs.spi.UfsException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One sync from its first request to its marks: the path itself, then directories breadth first, by
 * as many threads as there are to be had. Marks are written only over what is known: CHILDREN for
 * each directory that was listed without an unknown, ALL only if the whole subtree was.
 */
final class SyncRun {
  /** Marks, and directories made but not handed on, that may wait for the journal, each. */
  static final int MOST_UNSETTLED = 1_000;

  /** After a failover what was not marked is compared again: a slow store's work is marked soon. */
  private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final SyncContext context;
  private final SyncTarget target;
  private final SyncDepth depth;
  private final FreshDirectories fresh;
  private final SyncWriter writer;
  private final DeleteCollector deletes;
  private final DirectoryQueue queue;
  private final Crew<FoundDirectory> crew;
  // Guarded by itself.
  private final Deque<ListedDirectory> withDeletes = new ArrayDeque<>();

  /** False once the store as a whole seems not to be well: then nothing is deleted at all. */
  private volatile boolean trusted = true;

  /** Whether a directory was not looked at, as it was compared recently. */
  private volatile boolean skippedAny;

  private volatile long beginIndex;

  // Time of the oldest comparison that this run relies on; guarded by this.
  private long oldestMillis;

  SyncRun(SyncContext context, SyncTarget target, SyncDepth depth, FreshDirectories fresh) {
    this.context = context;
    this.target = target;
    this.depth = depth;
    this.fresh = fresh;
    this.writer = newWriter();
    this.deletes = new DeleteCollector(context, writer, target);
    this.queue =
        new DirectoryQueue(
            context.settings().spillDirectory(), context.settings().directoriesInMemory());
    this.crew =
        new Crew<>(
            context,
            target,
            new DirectoryWindow(context, target, queue, this::isListed),
            this::mostHelpers,
            () -> new DirectoryWorker(context, this, newWriter()));
  }

  /** Only recursive runs rest. */
  private SyncWriter newWriter() {
    return new SyncWriter(context, isRecursive() ? context.pace().worker() : null);
  }

  SyncTarget target() {
    return target;
  }

  boolean isRecursive() {
    return depth == SyncDepth.ALL;
  }

  DirectoryQueue queue() {
    return queue;
  }

  DeleteCollector deletes() {
    return deletes;
  }

  /** Directories were added to the queue. */
  void found() {
    crew.found();
  }

  /** The store as a whole seems not to be well: nothing is deleted. */
  void distrust() {
    trusted = false;
  }

  boolean isTrusted() {
    return trusted;
  }

  /** A directory that gets its mark when the run's deletes are written. */
  void markLater(ListedDirectory directory) {
    synchronized (withDeletes) {
      withDeletes.add(directory);
    }
  }

  /** Of a store on this host half of the processors are left to others. */
  private int mostHelpers() {
    int half = Runtime.getRuntime().availableProcessors() / 2;
    return isRecursive() ? target.atOnce(context.settings().concurrency(), half) - 1 : 0;
  }

  private boolean isListed(NamespacePath path) {
    return !isRecursive() || !fresh.of(path).exists();
  }

  /** Whether a directory was compared recently enough; the run then relies on that. */
  boolean skips(NamespacePath path) {
    Freshness.Covering compared = fresh.of(path);
    if (!compared.exists()) {
      return false;
    }
    skippedAny = true;
    synchronized (this) {
      oldestMillis = Math.min(oldestMillis, compared.millis());
    }
    return true;
  }

  void run() throws InterruptedException {
    context.progress().asks(target.store());
    try {
      compare();
    } finally {
      context.progress().asked();
    }
  }

  private void compare() throws InterruptedException {
    long index;
    long millis = context.leadership().clock().millis();
    try (AppliedView view = context.leadership().view()) {
      index = view.stateIndex();
    }
    try (deletes;
        queue) {
      beginIndex = index;
      synchronized (this) {
        oldestMillis = millis;
      }
      PathSync.Outcome outcome = new PathSync(context, writer, deletes).run(target);
      writer.finish();
      boolean present = outcome == PathSync.Outcome.DIRECTORY;
      if (depth != SyncDepth.SELF
          && context.progress().isClean()
          && (present || isKept(target.path()))) {
        directories(present);
      } else {
        trusted &= context.progress().isClean();
        finishDeletes();
        if (outcome.isPresent()) {
          markSelf(index, millis);
        }
      }
    } catch (UfsException e) {
      context
          .progress()
          .fail(target.path().toString(), e.kind().errorCode().name(), e.getMessage());
    } catch (MetadataException e) {
      context.checkLeading(e);
      context.progress().fail(target.path().toString(), e.code().name(), e.getMessage());
    }
  }

  private void finishDeletes() throws InterruptedException {
    if (!isOnMount(target.path())) {
      distrust();
      context
          .progress()
          .fail(
              target.path().toString(),
              ErrorCode.NOT_A_MOUNT.name(),
              "It was unmounted, or another store was mounted there, meanwhile; compare it again");
    }
    if (trusted && !context.progress().isCancelled()) {
      deletes.finish(looksAtAll());
    } else {
      deletes.discard();
    }
    writer.finish();
  }

  /** Whether everything that the mount has was looked at, in this very run or by order. */
  private boolean looksAtAll() {
    return isRecursive()
        && target.isRoot()
        && context.refresh()
        && (!skippedAny || context.overrideGuard());
  }

  /** The path itself was compared, or made just now. */
  private void markSelf(long index, long millis) {
    boolean made = context.progress().created.sum() > 0;
    if (context.dryRun() || !context.progress().isClean() || !(context.refresh() || made)) {
      return;
    }
    try (AppliedView view = context.leadership().view()) {
      Resolution known = context.resolver().resolve(view, target.path(), context.caller());
      if (known.exists()
          && !target.path().isRoot()
          && target.isOn(view.mounts())
          && writer.isSettled(known.parentId())) {
        context.marks().self(known.parentId(), target.path().name(), known.id(), millis, index);
      }
    }
  }

  /** Whether listing all keys, in ranges, is cheaper than descending. */
  private boolean isFlat() {
    return isRecursive() && fresh.none() && target.store().supportsFlatListing();
  }

  /**
   * @param present whether the store has the path; else it is kept for a mount below it
   */
  private void directories(boolean present) throws InterruptedException {
    Optional<Long> topId = directoryId(target.path());
    if (topId.isEmpty()) {
      finishDeletes();
      return;
    }
    if (present && isFlat()) {
      new FlatSync(context, this, topId.get()).run();
    } else {
      queue.add(target.path());
    }
    try (DirectoryWorker own = new DirectoryWorker(context, this, writer)) {
      crew.work(own);
    }
    finishDeletes();
    synchronized (withDeletes) {
      mark(withDeletes, writer);
    }
    if (depth == SyncDepth.ALL
        && trusted
        && !context.dryRun()
        && context.progress().isClean()
        && writer.isAllSettled()) {
      synchronized (this) {
        // What was skipped was found to be valid after the beginning, however old it is.
        markLoaded(topId.get(), PutSyncMark.Depth.ALL, oldestMillis, beginIndex);
      }
    }
  }

  /** Whether a worker that last settled then, and has done so many directories since, is to. */
  static boolean isToSettle(int directories, long settledNanos) {
    return directories >= MOST_UNSETTLED || System.nanoTime() - settledNanos >= SETTLE_NANOS;
  }

  /** In the middle of a run that changes something: its marks need not wait for company. */
  void journalMarks(SyncWriter writer) {
    if (writer.takeWritten()) {
      context.marks().flush();
    }
  }

  /** Marks directories whose decisions are all applied, and forgets them. */
  void mark(Deque<ListedDirectory> listed, SyncWriter writer) {
    if (!context.dryRun()) {
      for (ListedDirectory directory : listed) {
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
  private boolean stands(ListedDirectory directory) {
    try (AppliedView view = context.leadership().view()) {
      return PlaceCheck.isInPlace(
          context, view, target.at(directory.path()), directory.id(), directory.outcome().index());
    }
  }

  /**
   * Loading only what is missing says nothing about what was known: such a mark notes that a
   * directory was loaded, at a time so old that no interval takes it for fresh, and never replaces
   * a mark of a comparison.
   */
  private void markLoaded(long directoryId, PutSyncMark.Depth markDepth, long millis, long index) {
    if (context.refresh()) {
      long compared = Math.max(millis, Freshness.OLDEST_MILLIS);
      context.marks().directory(directoryId, markDepth, compared, index);
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

  /** Whether a path still belongs to the mount of the run. */
  boolean isOnMount(NamespacePath path) {
    try (AppliedView view = context.leadership().view()) {
      return target.at(path).isOn(view.mounts());
    }
  }

  /** Whether a directory stays, for a mount below it, if the store does not have it. */
  boolean isKept(NamespacePath path) {
    boolean holdsMount;
    try (AppliedView view = context.leadership().view()) {
      holdsMount = target.at(path).isOn(view.mounts()) && view.mounts().holdsMountBelow(path);
    }
    return context.refresh() && holdsMount && directoryId(path).isPresent();
  }

  Optional<Long> directoryId(NamespacePath path) {
    try (AppliedView view = context.leadership().view()) {
      Resolution resolution = context.resolver().resolve(view, path, context.caller());
      return resolution.isDirectory() ? Optional.of(resolution.id()) : Optional.empty();
    } catch (MetadataException e) {
      if (e.code() == ErrorCode.NOT_A_DIRECTORY) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
