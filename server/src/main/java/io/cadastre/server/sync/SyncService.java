package io.cadastre.server.sync;

import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.api.proto.SyncOptions;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.Leadership;
import io.cadastre.server.transaction.MetadataExceptions;
import io.cadastre.server.transaction.PathResolver;
import io.cadastre.server.transaction.Resolution;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the namespace in step with the stores. Decides in memory whether a path is due, and asks
 * the store on the bounded sync pool. Thread-safe; used on the leader.
 */
public final class SyncService {
  /** Of the calls that a master takes, one in so many may wait for the store of one mount. */
  private static final int SHARE_OF_CALLS_OF_ONE_MOUNT = 4;

  private static final Logger LOG = LoggerFactory.getLogger(SyncService.class);

  /** A load takes as long as it takes: only its requests to the store have deadlines. */
  public static final long WITHOUT_END_NANOS = TimeUnit.DAYS.toNanos(365);

  /** Rows that are looked through to tell how much there is to do: some tenths of a second. */
  private static final long MOST_EXPECTED_ROWS = 500_000;

  /** Nothing to say about freshness. */
  private static final CompletableFuture<String> FRESH = CompletableFuture.completedFuture("");

  private final PathResolver resolver;
  private final MountedFileSystems stores;
  private final SyncRules rules;
  private final SyncMemory memory;
  private final SyncSettings settings;
  private final Pools pools;
  private final Runnable admission;
  private final SharedRuns shared;
  private final StoreWaiters waiters;
  private final SyncMetrics metrics;
  private final Caller system;

  /**
   * Where runs go.
   *
   * @param single runs over a path or a directory: short, asked for by readers who wait
   * @param recursive runs over subtrees, which may take hours
   * @param listings pages that runs ask for ahead
   * @param pace of the recursive ones
   */
  public record Pools(SyncPool single, SyncPool recursive, ListingsAhead listings, SyncPace pace) {}

  /**
   * @param admission throws a {@link MetadataException} while nothing is to be written
   */
  public SyncService(
      PathResolver resolver,
      MountedFileSystems stores,
      Configuration configuration,
      SyncSettings settings,
      Pools pools,
      Metrics metrics,
      Runnable admission) {
    this.resolver = resolver;
    this.stores = stores;
    this.rules = new SyncRules(configuration);
    this.settings = settings;
    this.pools = pools;
    this.admission = admission;
    this.shared = new SharedRuns();
    this.waiters =
        new StoreWaiters(
            Math.max(1, configuration.get(ConfigKeys.CALLS_MAX) / SHARE_OF_CALLS_OF_ONE_MOUNT));
    this.metrics = new SyncMetrics(metrics);
    this.memory =
        new SyncMemory(configuration.get(ConfigKeys.SYNC_ABSENT_CACHE_MAX_ENTRIES), this.metrics);
    metrics.gauge(MetricNames.SYNC_MARKS_WAITING, memory::marksWaiting);
    metrics.gauge(MetricNames.ABSENT_CACHE_ENTRIES, memory::absentPaths);
    this.system = Caller.system(configuration.get(ConfigKeys.SECURITY_SUPERUSER));
  }

  /** A call came in: recursive runs give way to callers. */
  public void called() {
    pools.pace().called();
  }

  /** Journals the marks that wait; called by the leader every `...mark.delay`. */
  public void flushMarks(Leadership leadership) {
    memory.marks(leadership).flush();
  }

  /**
   * How a path stands, for `stat`.
   *
   * @param comparedMillis when it was last compared with its store, in cluster time; 0: never
   */
  public record Standing(boolean due, String why, long comparedMillis) {}

  /**
   * Whether a sync is due on the next access, with the interval in force. Of a path that is not
   * there it says why it was not asked for, if it was not.
   */
  public Standing standing(
      Leadership leadership, AppliedView view, Resolution target, SyncDepth depth) {
    Optional<MountResolution> mount = view.mounts().resolve(target.path());
    if (mount.isEmpty()) {
      return new Standing(false, "not on a mount", 0);
    }
    long interval = rules.interval(view, target.path(), SyncOptions.getDefaultInstance());
    Freshness.Covering covering =
        Freshness.covering(
            view, memory.marks(leadership), target, mount.get().mount().path(), depth);
    long now = leadership.clock().millis();
    boolean due = SyncRules.isDue(interval, covering, now);
    Optional<AbsentPathCache.Check> absent =
        target.exists() || covering.invalidated()
            ? Optional.empty()
            : memory.absent(leadership).find(view, target, mount.get().mount(), interval, now);
    if (absent.isPresent()) {
      return new Standing(
          false,
          "the store was asked " + (now - absent.get().millis()) + " ms ago and does not have it",
          covering.comparedMillis());
    }
    String why =
        interval == 0
            ? "interval 0: on every access"
            : covering.invalidated()
                ? covering.why()
                : interval < 0
                    ? "interval -1: never again after the first load"
                    : covering.exists()
                        ? "interval " + interval + " ms; last compared with " + covering.why()
                        : "interval " + interval + " ms; " + covering.why();
    return new Standing(due, why, covering.comparedMillis());
  }

  /**
   * Does what has to be done before a read of this path.
   *
   * @return why the answer may be stale; empty if it is as fresh as asked. Fails if the store could
   *     not be asked and the caller did not allow a stale answer.
   */
  public CompletableFuture<String> beforeRead(
      Leadership leadership,
      NamespacePath path,
      SyncDepth depth,
      SyncOptions options,
      long deadlineNanos) {
    return before(leadership, path, depth, options, true, deadlineNanos);
  }

  /**
   * Does what has to be done before a change is decided on this path. That the path was absent a
   * while ago is not enough: the change would be refused by a store that has it now, and go on
   * being refused.
   */
  public CompletableFuture<String> beforeChange(
      Leadership leadership, NamespacePath path, long deadlineNanos) {
    SyncOptions options = SyncOptions.getDefaultInstance();
    return before(leadership, path, SyncDepth.SELF, options, false, deadlineNanos);
  }

  private CompletableFuture<String> before(
      Leadership leadership,
      NamespacePath path,
      SyncDepth depth,
      SyncOptions options,
      boolean believesAbsent,
      long deadlineNanos) {
    boolean refresh;
    long interval;
    MountResolution mount;
    try (AppliedView view = leadership.view()) {
      Optional<MountResolution> resolved = view.mounts().resolve(path);
      if (resolved.isEmpty()) {
        return FRESH;
      }
      mount = resolved.get();
      interval = rules.interval(view, path, options);
      Optional<Boolean> needed =
          needed(leadership, view, path, mount, depth, options, interval, believesAbsent);
      if (needed.isEmpty()) {
        return mount.mount().guarded()
            ? CompletableFuture.completedFuture("GUARDED: " + mount.mount().guardReason())
            : FRESH;
      }
      refresh = needed.get();
    }
    try {
      admission.run();
    } catch (MetadataException e) {
      return options.getAllowStale()
          ? CompletableFuture.completedFuture(e.getMessage())
          : CompletableFuture.failedFuture(e);
    }
    long now = System.nanoTime();
    long waitNanos = (deadlineNanos - now) / (options.getAllowStale() ? 2 : 1);
    CompletableFuture<String> asked =
        waiters
            .ask(
                mount.mount(),
                () ->
                    shared.join(
                        new SharedRuns.Key(path, depth, refresh, interval, below(depth, options)),
                        now + waitNanos,
                        until -> start(leadership, mount, path, depth, refresh, options, until)))
            .thenApply(progress -> answer(progress, options));
    return options.getAllowStale() ? staleInTime(asked, waitNanos) : asked;
  }

  /** Of a recursive run the options decide, directory by directory, what is fresh enough. */
  private static SyncOptions below(SyncDepth depth, SyncOptions options) {
    return depth == SyncDepth.ALL
        ? options.toBuilder().clearAllowStale().build()
        : SyncOptions.getDefaultInstance();
  }

  /** Whoever accepts what is known gets it before his time is over, whatever the store does. */
  private static CompletableFuture<String> staleInTime(
      CompletableFuture<String> asked, long waitNanos) {
    return asked
        .exceptionally(
            failure -> {
              MetadataException cause = MetadataExceptions.unwrap(failure);
              if (cause.code().fault() == ErrorCode.Fault.STORE || cause.code() == ErrorCode.BUSY) {
                return cause.getMessage();
              }
              throw cause;
            })
        .completeOnTimeout("the store has not answered in time", waitNanos, TimeUnit.NANOSECONDS);
  }

  private static String answer(SyncProgress progress, SyncOptions options) {
    if (progress.isBlocked() && !options.getAllowStale()) {
      throw new MetadataException(
          progress.blockedCode(),
          "The store could not be asked, so the answer would not be as fresh as wanted: "
              + progress.firstFailure());
    }
    return progress.condition().isEmpty() ? progress.firstFailure() : progress.condition();
  }

  /**
   * Empty: nothing to do. Else whether what is known is compared too, or only what is missing is
   * loaded.
   *
   * @param believesAbsent whether what the store has said to be absent need not be asked for
   */
  private Optional<Boolean> needed(
      Leadership leadership,
      AppliedView view,
      NamespacePath path,
      MountResolution mount,
      SyncDepth depth,
      SyncOptions options,
      long interval,
      boolean believesAbsent) {
    if (interval == 0) {
      return Optional.of(true);
    }
    Freshness.Covering covering = Freshness.NEVER;
    boolean known = false;
    boolean mayBeAbsent = false;
    Resolution target = null;
    try {
      target = resolver.resolve(view, path, system);
      known = target.exists();
      covering =
          Freshness.covering(view, memory.marks(leadership), target, mount.mount().path(), depth);
      mayBeAbsent = believesAbsent && !known && !covering.invalidated();
    } catch (MetadataException e) {
      if (e.code() != ErrorCode.NOT_A_DIRECTORY) {
        throw e;
      }
    }
    long now = leadership.clock().millis();
    LoadType type = rules.loadType(view, path, options);
    Optional<Boolean> needed = SyncRules.needed(interval, covering, known, depth, type, now);
    return needed.isPresent()
            && mayBeAbsent
            && type != LoadType.ALWAYS
            && memory.absent(leadership).covers(view, target, mount.mount(), interval, now)
        ? Optional.empty()
        : needed;
  }

  private CompletableFuture<SyncProgress> start(
      Leadership leadership,
      MountResolution mount,
      NamespacePath path,
      SyncDepth depth,
      boolean refresh,
      SyncOptions options,
      long deadlineNanos) {
    SyncProgress progress = new SyncProgress();
    SyncContext context = context(leadership, progress, refresh, false, false, deadlineNanos);
    FreshDirectories fresh =
        isEachListed(leadership, path, refresh, options)
            ? FreshDirectories.NONE
            : FreshDirectories.by(
                directory -> fresh(leadership, mount, directory, refresh, options));
    return run(context, mount, path, depth, fresh);
  }

  private SyncContext context(
      Leadership leadership,
      SyncProgress progress,
      boolean refresh,
      boolean dryRun,
      boolean overrideGuard,
      long deadlineNanos) {
    return new SyncContext(
        leadership,
        resolver,
        stores,
        memory.marks(leadership),
        memory.absent(leadership),
        progress,
        settings,
        refresh,
        dryRun,
        overrideGuard,
        system,
        pools.recursive(),
        pools.listings(),
        pools.pace(),
        ConcurrentHashMap.newKeySet(),
        deadlineNanos);
  }

  /** Whether a recursive run lists every directory, however recently it was compared. */
  private boolean isEachListed(
      Leadership leadership, NamespacePath path, boolean refresh, SyncOptions options) {
    if (!refresh && options.getLoadType() == LoadType.ALWAYS) {
      return true;
    }
    try (AppliedView view = leadership.view()) {
      return !rules.differsBelow(view, path, options) && rules.interval(view, path, options) == 0;
    }
  }

  /**
   * When a directory inside a recursive run was compared, if recently enough by its own interval.
   */
  private Freshness.Covering fresh(
      Leadership leadership,
      MountResolution mount,
      NamespacePath directory,
      boolean refresh,
      SyncOptions options) {
    try (AppliedView view = leadership.view()) {
      long interval = rules.interval(view, directory, options);
      // It may have become a file while it waited for its turn.
      Optional<Resolution> target = existing(view, directory);
      if (target.isEmpty() || interval == 0) {
        return Freshness.NEVER;
      }
      Freshness.Covering covering =
          Freshness.covering(
              view,
              memory.marks(leadership),
              target.get(),
              mount.mount().path(),
              SyncDepth.CHILDREN);
      if (!refresh && rules.loadType(view, directory, options) == LoadType.ALWAYS) {
        return Freshness.NEVER;
      }
      return SyncRules.isDue(interval, covering, leadership.clock().millis())
          ? Freshness.NEVER
          : covering;
    }
  }

  private CompletableFuture<SyncProgress> run(
      SyncContext context,
      MountResolution mount,
      NamespacePath path,
      SyncDepth depth,
      FreshDirectories fresh) {
    CompletableFuture<SyncProgress> done = new CompletableFuture<>();
    long mountId = mount.mount().mountId();
    try {
      SyncPool pool = depth == SyncDepth.ALL ? pools.recursive() : pools.single();
      pool.run(
          mountId,
          mounts(context.leadership()),
          () -> {
            long begin = System.nanoTime();
            boolean ended = false;
            try {
              MountPoint now = sameMount(context.leadership(), path, mountId);
              SyncTarget target = new SyncTarget(now, stores.of(now).store(), path);
              new SyncRun(context, target, depth, fresh).run();
              ended = true;
              metrics.ended(context, System.nanoTime() - begin, false);
              done.complete(context.progress());
            } catch (InterruptedException e) {
              done.completeExceptionally(
                  new MetadataException(
                      ErrorCode.NOT_LEADER, "This master does not lead any more"));
            } catch (MetadataException e) {
              done.completeExceptionally(e);
            } catch (RuntimeException | Error e) {
              // Also of an error: whoever shares the run, or its path, would wait for ever.
              LOG.error("A sync of {} failed by a defect", path, e);
              done.completeExceptionally(MetadataExceptions.unwrap(e));
            } finally {
              if (!ended) {
                metrics.ended(context, System.nanoTime() - begin, true);
              }
            }
          });
    } catch (RejectedExecutionException e) {
      done.completeExceptionally(
          new MetadataException(ErrorCode.BUSY, "Too many syncs are waiting already"));
    }
    return done;
  }

  private static int mounts(Leadership leadership) {
    try (AppliedView view = leadership.view()) {
      return view.mounts().size();
    }
  }

  /**
   * The mount as it is when a run begins, which may have waited for its turn: options and guard may
   * have changed.
   *
   * @throws MetadataException BUSY if the path is not on this mount any more: asked again it is
   *     looked for where it is now
   */
  private static MountPoint sameMount(Leadership leadership, NamespacePath path, long mountId) {
    try (AppliedView view = leadership.view()) {
      return view.mounts()
          .resolve(path)
          .map(MountResolution::mount)
          .filter(mount -> mount.mountId() == mountId)
          .orElseThrow(
              () ->
                  new MetadataException(
                      ErrorCode.BUSY,
                      "The mounts changed while a sync waited for its turn: " + path));
    }
  }

  /** A run by command. */
  public record Load(SyncProgress progress, CompletableFuture<SyncProgress> done) {}

  /**
   * `load-metadata`: the path and its children, or the subtree; with `force` what is known is
   * compared too.
   *
   * @throws MetadataException NOT_A_MOUNT if the path is on no mount
   */
  public Load load(
      Leadership leadership,
      NamespacePath path,
      boolean recursive,
      boolean force,
      boolean overrideGuard,
      boolean dryRun,
      long deadlineNanos) {
    SyncDepth depth = recursive ? SyncDepth.ALL : SyncDepth.CHILDREN;
    return begin(
        leadership,
        watched(leadership, path, depth),
        path,
        depth,
        new How(force, dryRun, overrideGuard, deadlineNanos),
        FreshDirectories.NONE);
  }

  /**
   * A moment: state index and cluster time. Both count: the index of a mark is that at which it was
   * found to be valid, which may be later than the comparison that it stands for.
   */
  record Since(long index, long millis) {}

  /**
   * A load that nobody waits for, begun now or by an earlier leader.
   *
   * @param begun whether an earlier leader has worked on it
   * @param since what was compared at or after this moment is not compared again, if it was begun
   * @throws MetadataException NOT_A_MOUNT if the path is on no mount
   */
  Load resume(
      Leadership leadership,
      NamespacePath path,
      SyncDepth depth,
      boolean force,
      boolean overrideGuard,
      boolean begun,
      Since since) {
    MountResolution mount = mount(leadership, path);
    return begin(
        leadership,
        watched(leadership, path, depth),
        path,
        depth,
        new How(force, false, overrideGuard, System.nanoTime() + WITHOUT_END_NANOS),
        new FreshDirectories(
            !begun, directory -> comparedSince(leadership, mount, directory, force, since)));
  }

  /**
   * A comparison of all of a path, by schedule.
   *
   * @throws MetadataException NOT_A_MOUNT if the path is on no mount
   */
  Load scheduled(Leadership leadership, NamespacePath path) {
    return begin(
        leadership,
        new SyncProgress(),
        path,
        SyncDepth.ALL,
        new How(true, false, false, System.nanoTime() + WITHOUT_END_NANOS),
        FreshDirectories.NONE);
  }

  /**
   * Compares and changes nothing.
   *
   * @param listener told of each difference, on the run's threads
   * @throws MetadataException NOT_A_MOUNT if the path is on no mount
   */
  public Load compare(
      Leadership leadership, NamespacePath path, boolean recursive, DifferenceListener listener) {
    return begin(
        leadership,
        new SyncProgress(listener),
        path,
        recursive ? SyncDepth.ALL : SyncDepth.CHILDREN,
        // An empty root differs from what is known like anything else: nothing is deleted here.
        new How(true, true, true, System.nanoTime() + WITHOUT_END_NANOS),
        FreshDirectories.NONE);
  }

  /** How a run by command works; the fields are those of {@link SyncContext}. */
  private record How(boolean refresh, boolean dryRun, boolean overrideGuard, long deadlineNanos) {}

  private Load begin(
      Leadership leadership,
      SyncProgress progress,
      NamespacePath path,
      SyncDepth depth,
      How how,
      FreshDirectories fresh) {
    admission.run();
    MountResolution mount = mount(leadership, path);
    SyncContext context =
        context(
            leadership,
            progress,
            how.refresh(),
            how.dryRun(),
            how.overrideGuard(),
            how.deadlineNanos());
    return new Load(progress, run(context, mount, path, depth, fresh));
  }

  private static MountResolution mount(Leadership leadership, NamespacePath path) {
    try (AppliedView view = leadership.view()) {
      return view.mounts()
          .resolve(path)
          .orElseThrow(
              () ->
                  new MetadataException(
                      ErrorCode.NOT_A_MOUNT, "The path lies on no mount: " + path));
    }
  }

  /** Of a load that somebody may watch: it says how much there is to do, if that is known. */
  private SyncProgress watched(Leadership leadership, NamespacePath path, SyncDepth depth) {
    SyncProgress progress = new SyncProgress();
    if (depth != SyncDepth.ALL) {
      return progress;
    }
    MountResolution mount = mount(leadership, path);
    try (AppliedView view = leadership.view()) {
      Optional<Resolution> target = existing(view, path).filter(Resolution::isDirectory);
      boolean loaded =
          target.isPresent()
              && Freshness.covering(
                      view,
                      memory.marks(leadership),
                      target.get(),
                      mount.mount().path(),
                      SyncDepth.ALL)
                  .exists();
      if (loaded) {
        progress.expect(EntryCounter.directories(view, target.get().id(), MOST_EXPECTED_ROWS));
      }
    }
    return progress;
  }

  /** When a directory was compared, or loaded if not more is wanted, if that was since then. */
  private Freshness.Covering comparedSince(
      Leadership leadership,
      MountResolution mount,
      NamespacePath directory,
      boolean refresh,
      Since since) {
    try (AppliedView view = leadership.view()) {
      Optional<Resolution> target = existing(view, directory);
      if (target.isEmpty()) {
        return Freshness.NEVER;
      }
      Freshness.Covering covering =
          Freshness.covering(
              view,
              memory.marks(leadership),
              target.get(),
              mount.mount().path(),
              SyncDepth.CHILDREN);
      boolean recent =
          covering.millis() >= since.millis()
              || (!refresh && covering.millis() == Freshness.LOADED_MILLIS);
      return recent && !covering.invalidated() && covering.index() >= since.index()
          ? covering
          : Freshness.NEVER;
    }
  }

  /**
   * When all of a path was last compared, in cluster time; 0 if it never was, or must be anew. Of a
   * file that is all there is to compare, and of a path that is not there that the store was asked.
   */
  long comparedMillis(Leadership leadership, AppliedView view, NamespacePath path) {
    Optional<MountResolution> mount = view.mounts().resolve(path);
    Optional<Resolution> resolved = resolved(view, path);
    if (mount.isEmpty() || resolved.isEmpty()) {
      return 0;
    }
    Resolution target = resolved.get();
    MountPoint on = mount.get().mount();
    boolean file = target.exists() && !target.isDirectory();
    Freshness.Covering covering =
        Freshness.covering(
            view,
            memory.marks(leadership),
            target,
            on.path(),
            file ? SyncDepth.SELF : SyncDepth.ALL);
    if (target.exists() || covering.invalidated()) {
      return covering.comparedMillis();
    }
    long asked =
        memory
            .absent(leadership)
            .find(view, target, on, -1, leadership.clock().millis())
            .map(AbsentPathCache.Check::millis)
            .orElse(0L);
    return Math.max(covering.comparedMillis(), asked);
  }

  private Optional<Resolution> existing(AppliedView view, NamespacePath path) {
    return resolved(view, path).filter(Resolution::exists);
  }

  /** Empty if a file is in the way. */
  private Optional<Resolution> resolved(AppliedView view, NamespacePath path) {
    try {
      return Optional.of(resolver.resolve(view, path, system));
    } catch (MetadataException e) {
      if (e.code() != ErrorCode.NOT_A_DIRECTORY) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
