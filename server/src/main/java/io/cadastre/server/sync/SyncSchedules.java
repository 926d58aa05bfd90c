package io.cadastre.server.sync;

import com.codahale.metrics.Counter;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.mount.MountTable;
import io.cadastre.core.mount.PolicyTable;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.server.transaction.Leadership;
import io.cadastre.server.transaction.MetadataExceptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps paths with a schedule no older than it says: the leader compares all of such a path with
 * its store by itself, whoever reads it or not. What was done is in the marks, so a new leader
 * knows when each path is due. Paths with a schedule: each mount for which one is in force, and
 * each path inside a mount that has one of its own. Thread-safe; {@link #runOnce} belongs to the
 * leader's thread.
 */
public final class SyncSchedules {
  private static final long PERIOD_MILLIS = 250;
  private static final String KEY = ConfigKeys.USER_FILE_METADATA_SYNC_SCHEDULE.name();

  private final SyncService sync;
  private final Configuration configuration;
  private final int mostRunning;
  private final Counter begun;
  // Guarded by this.
  private final ScheduleBook book = new ScheduleBook();
  private final Map<NamespacePath, Run> running = new HashMap<>();
  private List<ScheduleBook.Target> targets = List.of();
  private Leadership current;
  private MountTable mounts;
  private PolicyTable policies;
  private volatile long lateMillis;

  /** A path that is to be compared now, when it last was, and since when it is due. */
  private record Due(ScheduleBook.Target target, long comparedMillis, long nextMillis) {}

  /** A run by schedule that is under way. */
  record Run(ScheduleBook.Target target, SyncProgress progress, long beginMillis) {}

  /** How a path with a schedule stands; nextMillis is 0 while it is compared. */
  record Standing(
      ScheduleBook.Target target, long comparedMillis, long nextMillis, String lastResult) {}

  /**
   * @param mostRunning runs by schedule at a time
   */
  public SyncSchedules(
      SyncService sync, Configuration configuration, int mostRunning, Metrics metrics) {
    this.sync = sync;
    this.configuration = configuration;
    this.mostRunning = mostRunning;
    this.begun = metrics.counter(MetricNames.SYNC_SCHEDULE_RUNS);
    metrics.gauge(MetricNames.SYNC_SCHEDULE_LATE_SECONDS, () -> Math.max(0, lateMillis) / 1_000);
  }

  /**
   * Begins what is due.
   *
   * @return milliseconds until the next look
   */
  public synchronized long runOnce(Leadership leadership) {
    if (leadership.isClosed()) {
      return PERIOD_MILLIS;
    }
    long now = leadership.clock().millis();
    List<Due> due;
    try (AppliedView view = leadership.view()) {
      look(leadership, view, now);
      due = due(leadership, view, now);
    }
    for (Due next : due) {
      if (running.size() < mostRunning) {
        begin(leadership, next, now);
      }
    }
    return PERIOD_MILLIS;
  }

  private void look(Leadership leadership, AppliedView view, long now) {
    if (leadership != current) {
      current = leadership;
      running.clear();
      book.targets(List.of(), now);
      mounts = null;
    }
    // Immutable: another one only if something in it was changed.
    if (view.mounts() != mounts || view.policies() != policies) {
      mounts = view.mounts();
      policies = view.policies();
      targets = targets(mounts, policies);
      book.targets(targets, now);
    }
  }

  /** Longest overdue first. */
  private List<Due> due(Leadership leadership, AppliedView view, long now) {
    List<Due> due = new ArrayList<>();
    long late = 0;
    for (ScheduleBook.Target target : targets) {
      long compared = sync.comparedMillis(leadership, view, target.path());
      late = Math.max(late, book.late(target.path(), compared, now));
      // A run outlives a schedule that was taken away and set again.
      if (!running.containsKey(target.path()) && book.isDue(target.path(), compared, now)) {
        due.add(new Due(target, compared, book.next(target.path(), compared)));
      }
    }
    lateMillis = late;
    due.sort(Comparator.comparingLong(Due::nextMillis));
    return due;
  }

  private List<ScheduleBook.Target> targets(MountTable mountTable, PolicyTable policyTable) {
    Map<NamespacePath, ScheduleBook.Target> found = new HashMap<>();
    for (MountPoint mount : mountTable.all()) {
      add(found, policyTable, mount.path());
    }
    for (NamespacePath path : policyTable.all().keySet()) {
      if (policyTable.on(path).containsKey(KEY) && mountTable.resolve(path).isPresent()) {
        add(found, policyTable, path);
      }
    }
    return List.copyOf(found.values());
  }

  private void add(
      Map<NamespacePath, ScheduleBook.Target> found, PolicyTable policyTable, NamespacePath path) {
    Optional<PolicyTable.Effective> policy = policyTable.effective(path, KEY);
    String origin = policy.map(p -> "policy " + p.origin()).orElse("master");
    long interval =
        policy
            .map(p -> ConfigKeys.USER_FILE_METADATA_SYNC_SCHEDULE.parse(p.value(), origin))
            .orElseGet(() -> configuration.get(ConfigKeys.USER_FILE_METADATA_SYNC_SCHEDULE))
            .toMillis();
    if (interval > 0) {
      found.put(path, new ScheduleBook.Target(path, interval, origin));
    }
  }

  private void begin(Leadership leadership, Due due, long now) {
    NamespacePath path = due.target().path();
    book.begun(path, due.comparedMillis(), now);
    SyncService.Load load;
    try {
      load = sync.scheduled(leadership, path);
    } catch (MetadataException e) {
      book.ended(path, e.code().name(), now);
      return;
    }
    begun.inc();
    running.put(path, new Run(due.target(), load.progress(), now));
    load.done().whenComplete((progress, failure) -> ended(leadership, path, load, failure));
  }

  private synchronized void ended(
      Leadership leadership, NamespacePath path, SyncService.Load load, Throwable failure) {
    Run run = running.get(path);
    if (leadership != current || run == null || run.progress() != load.progress()) {
      return;
    }
    running.remove(path);
    String result =
        failure != null
            ? MetadataExceptions.unwrap(failure).code().name()
            : load.progress().isClean()
                ? "OK"
                : load.progress().condition().isEmpty()
                    ? ErrorCode.PARTIAL.name()
                    : ErrorCode.GUARDED.name();
    book.ended(path, result, leadership.clock().millis());
  }

  /** Runs that are under way, by path. */
  synchronized List<Run> running() {
    return running.values().stream()
        .sorted(Comparator.comparing(run -> run.target().path()))
        .toList();
  }

  /** All paths with a schedule, by path. */
  synchronized List<Standing> standings(Leadership leadership, AppliedView view) {
    if (leadership != current) {
      return List.of();
    }
    return targets.stream()
        .sorted(Comparator.comparing(ScheduleBook.Target::path))
        .map(target -> standing(leadership, view, target))
        .toList();
  }

  private Standing standing(Leadership leadership, AppliedView view, ScheduleBook.Target target) {
    long compared = sync.comparedMillis(leadership, view, target.path());
    return new Standing(
        target,
        compared,
        running.containsKey(target.path()) ? 0 : book.next(target.path(), compared),
        book.result(target.path()));
  }
}
