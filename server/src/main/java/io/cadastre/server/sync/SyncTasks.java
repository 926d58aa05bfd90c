package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.PutTask;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.lock.LockedPaths;
import io.cadastre.server.transaction.Leadership;
import io.cadastre.server.transaction.MetadataExceptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works off the background loads that are journaled as RUNNING, so many at a time, in the order in
 * which they were asked for. A new leader finds them in the store and goes on: directories that
 * were compared since a load was asked for are not listed again. {@link #runOnce} belongs to the
 * leader's thread; the rest may be called by any.
 */
public final class SyncTasks {
  private static final Logger LOG = LoggerFactory.getLogger(SyncTasks.class);
  private static final long PERIOD_MILLIS = 100;

  /** How often a load that goes on journals its counts, so that the next leader counts on. */
  private static final long NOTE_MILLIS = 10_000;

  private static final long LOCK_SECONDS = 10;

  private final SyncService sync;
  private final int mostRunning;
  private final int kept;
  private final Metrics metrics;
  private final Map<Long, TaskRun> runs = new ConcurrentHashMap<>();
  private volatile List<PutTask> open = List.of();
  private volatile long changedIndex;
  private long lookedIndex;
  private volatile Leadership current;

  /**
   * @param mostRunning loads at a time
   * @param kept loads that are remembered after their end
   */
  public SyncTasks(SyncService sync, int mostRunning, int kept, Metrics metrics) {
    this.sync = sync;
    this.mostRunning = mostRunning;
    this.kept = kept;
    this.metrics = metrics;
    metrics.gauge(MetricNames.SYNC_TASKS_RUNNING, () -> isLeading() ? runs.size() : 0);
    metrics.gauge(
        MetricNames.SYNC_TASKS_WAITING,
        () -> isLeading() ? Math.max(0, open.size() - runs.size()) : 0);
    metrics.counter(MetricNames.SYNC_TASKS_ENDED, PutTask.State.DONE.name());
  }

  private boolean isLeading() {
    Leadership leadership = current;
    return leadership != null && !leadership.isClosed();
  }

  /** Told that rows of tasks were changed at this state index; not visible yet in a view. */
  public void changed(long stateIndex) {
    changedIndex = stateIndex;
  }

  /** The run of a task, if it is at work here. */
  Optional<TaskRun> run(long taskId) {
    return Optional.ofNullable(runs.get(taskId));
  }

  /**
   * Ends what has ended, begins what may begin.
   *
   * @return milliseconds until the next look
   */
  public synchronized long runOnce(Leadership leadership) throws InterruptedException {
    if (leadership != current) {
      if (leadership.isClosed()) {
        return PERIOD_MILLIS;
      }
      current = leadership;
      runs.clear();
      lookedIndex = -1;
    }
    if (lookedIndex < changedIndex) {
      look(leadership);
    }
    endRuns(leadership);
    beginRuns(leadership);
    for (Map.Entry<Long, TaskRun> run : runs.entrySet()) {
      if (run.getValue().isDueForNote(leadership.clock().millis(), NOTE_MILLIS)) {
        put(leadership, run.getKey(), row -> run.getValue().noted(row).build());
      }
    }
    return PERIOD_MILLIS;
  }

  private void look(Leadership leadership) throws InterruptedException {
    List<PutTask> all;
    long index;
    try (AppliedView view = leadership.view()) {
      index = view.stateIndex();
      all = TaskRows.all(view);
    }
    open = all.stream().filter(TaskRows::isOpen).toList();
    for (PutTask task : open) {
      if (!task.getCancelledBy().isEmpty()) {
        cancel(leadership, task);
      }
    }
    forget(leadership, all);
    lookedIndex = index;
  }

  private void cancel(Leadership leadership, PutTask task) throws InterruptedException {
    TaskRun run = runs.get(task.getTaskId());
    if (run != null) {
      run.progress().cancel();
    } else {
      end(
          leadership,
          task,
          row ->
              row.toBuilder()
                  .setState(PutTask.State.CANCELLED)
                  .setEndedMillis(leadership.clock().millis())
                  .build());
    }
  }

  /** Removes the rows of loads that ended longest ago; never the newest id, which goes on. */
  private void forget(Leadership leadership, List<PutTask> all) throws InterruptedException {
    List<JournalRecord> removals = new ArrayList<>();
    all.stream()
        .filter(task -> !TaskRows.isOpen(task))
        .sorted(
            Comparator.comparingLong(PutTask::getEndedMillis)
                .thenComparingLong(PutTask::getTaskId)
                .reversed())
        .skip(kept)
        .filter(task -> task != all.get(all.size() - 1))
        .forEach(task -> removals.add(Records.removeTask(task.getTaskId())));
    if (!removals.isEmpty()) {
      append(leadership, removals);
    }
  }

  private void endRuns(Leadership leadership) throws InterruptedException {
    for (Iterator<Map.Entry<Long, TaskRun>> all = runs.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Long, TaskRun> entry = all.next();
      TaskRun run = entry.getValue();
      if (!run.isDone()) {
        continue;
      }
      if (leadership.isClosed()) {
        // Whatever it says, it may have been cut off: the next leader goes on with it.
        throw new InterruptedException("the term is over");
      }
      MetadataException failure = run.failure();
      if (failure != null && failure.code() == ErrorCode.NOT_LEADER) {
        // A hand-over was tried and failed: it goes on from here, as under the next leader.
        put(leadership, entry.getKey(), row -> run.noted(row).build());
      } else if (failure == null || failure.code() != ErrorCode.BUSY) {
        Optional<PutTask> row = row(leadership, entry.getKey());
        if (row.isPresent()) {
          long now = leadership.clock().millis();
          end(leadership, row.get(), newest -> run.ended(newest, now));
        }
      }
      all.remove();
    }
  }

  private static Optional<PutTask> row(Leadership leadership, long taskId) {
    try (AppliedView view = leadership.view()) {
      return TaskRows.find(view, taskId);
    }
  }

  private void beginRuns(Leadership leadership) throws InterruptedException {
    for (PutTask task : open) {
      if (runs.size() >= mostRunning) {
        return;
      }
      if (!runs.containsKey(task.getTaskId()) && task.getCancelledBy().isEmpty()) {
        begin(leadership, task);
      }
    }
  }

  private void begin(Leadership leadership, PutTask open) throws InterruptedException {
    // The list may be older than the end of this very task.
    Optional<PutTask> found = row(leadership, open.getTaskId()).filter(TaskRows::isOpen);
    if (found.isEmpty() || !found.get().getCancelledBy().isEmpty()) {
      return;
    }
    PutTask task = found.get();
    try {
      SyncService.Load load =
          sync.resume(
              leadership,
              NamespacePath.of(task.getPath()),
              task.getRecursive() ? SyncDepth.ALL : SyncDepth.CHILDREN,
              task.getForce(),
              task.getOverrideGuard(),
              task.hasCounts(),
              new SyncService.Since(task.getStartIndex(), task.getStartMillis()));
      runs.put(task.getTaskId(), new TaskRun(task, load, leadership.clock().millis()));
      LOG.info("A load in the background is at work: {} of {}", task.getTaskId(), task.getPath());
    } catch (MetadataException e) {
      if (e.code() != ErrorCode.NOT_A_MOUNT) {
        throw e;
      }
      end(
          leadership,
          task,
          row ->
              TaskRun.failed(
                  row.toBuilder().setEndedMillis(leadership.clock().millis()),
                  e.code().name(),
                  e.getMessage()));
    }
  }

  private void end(Leadership leadership, PutTask task, UnaryOperator<PutTask> change)
      throws InterruptedException {
    put(leadership, task.getTaskId(), change)
        .ifPresent(
            ended -> {
              metrics.counter(MetricNames.SYNC_TASKS_ENDED, ended.getState().name()).inc();
              LOG.info(
                  "A load in the background has ended: {} of {}: {}",
                  ended.getTaskId(),
                  ended.getPath(),
                  ended.getState());
            });
  }

  /** Journals a changed row, if the task is still open. */
  private static Optional<PutTask> put(
      Leadership leadership, long taskId, UnaryOperator<PutTask> change)
      throws InterruptedException {
    try (LockedPaths locks =
        leadership
            .locks()
            .await(
                LockRequest.nameLock(TaskRows.LOCK),
                System.nanoTime() + TimeUnit.SECONDS.toNanos(LOCK_SECONDS))) {
      Optional<PutTask> row = row(leadership, taskId).filter(TaskRows::isOpen);
      if (row.isEmpty()) {
        return row;
      }
      PutTask changed = change.apply(row.get());
      append(leadership, List.of(Records.of(changed)));
      return Optional.of(changed);
    } catch (ExecutionException e) {
      throw MetadataExceptions.unwrap(e);
    }
  }

  private static void append(Leadership leadership, List<JournalRecord> records)
      throws InterruptedException {
    try {
      leadership.append(records).get();
    } catch (ExecutionException e) {
      throw MetadataExceptions.unwrap(e);
    }
  }
}
