package io.cadastre.server.sync;

import io.cadastre.core.api.proto.ErrorInfo;
import io.cadastre.core.api.proto.ListTasks;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadMetadataRequest;
import io.cadastre.core.api.proto.LoadTask;
import io.cadastre.core.api.proto.SyncSchedule;
import io.cadastre.core.api.proto.TaskList;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.PutTask;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.Leadership;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What is loaded and compared at the moment, what waits, what has ended: for `sync-status`.
 * Thread-safe.
 */
public final class SyncOverview {
  private final SyncTasks tasks;
  private final SyncSchedules schedules;
  private final Set<Called> called = ConcurrentHashMap.newKeySet();

  /** A load that its caller waits for; each is another one. */
  private static final class Called {
    private final LoadTask.Builder load;
    private final SyncProgress progress;

    Called(LoadTask.Builder load, SyncProgress progress) {
      this.load = load;
      this.progress = progress;
    }

    LoadTask shown() {
      return load.clone().setState("RUNNING").setProgress(brief(progress.toProto())).build();
    }
  }

  public SyncOverview(SyncTasks tasks, SyncSchedules schedules) {
    this.tasks = tasks;
    this.schedules = schedules;
  }

  /** Shows a load that its caller waits for until it has ended. */
  public void follow(
      SyncService.Load load, LoadMetadataRequest request, Caller caller, long nowMillis) {
    Called entry =
        new Called(
            LoadTask.newBuilder()
                .setOrigin("CALL")
                .setPath(request.getPath())
                .setRecursive(request.getRecursive())
                .setForce(request.getForce())
                .setOverrideGuard(request.getOverrideGuard())
                .setUser(caller.user())
                .setStartMillis(nowMillis),
            load.progress());
    called.add(entry);
    load.done().whenComplete((progress, failure) -> called.remove(entry));
  }

  /**
   * Loads by task, call and schedule, as far as the caller may see them, and the schedules.
   *
   * @throws MetadataException NOT_FOUND if one task was asked for that is not there, or not his
   */
  public TaskList.Builder list(
      Leadership leadership, AppliedView view, ListTasks request, Caller caller) {
    if (request.getTaskId() != 0) {
      PutTask task = TaskRows.require(view, request.getTaskId());
      if (!maySee(caller, task.getUser())) {
        throw new MetadataException(
            ErrorCode.NOT_FOUND,
            "There is no load in the background of id " + request.getTaskId() + " of yours");
      }
      return TaskList.newBuilder().addTasks(shown(task, true));
    }
    TaskList.Builder list = TaskList.newBuilder();
    List<PutTask> visible =
        TaskRows.all(view).stream().filter(task -> maySee(caller, task.getUser())).toList();
    Stream.concat(visible.stream().filter(TaskRows::isOpen), ended(visible, request.getEndedMax()))
        .forEach(task -> list.addTasks(shown(task, false)));
    called.stream()
        .filter(entry -> maySee(caller, entry.load.getUser()))
        .map(Called::shown)
        .sorted(Comparator.comparingLong(LoadTask::getStartMillis))
        .forEach(list::addTasks);
    if (caller.superuser()) {
      schedules.running().forEach(run -> list.addTasks(shown(run)));
      schedules.standings(leadership, view).forEach(standing -> list.addSchedules(shown(standing)));
    }
    return list;
  }

  private static boolean maySee(Caller caller, String user) {
    return caller.superuser() || caller.user().equals(user);
  }

  /** Those that have ended, the newest last. */
  private static Stream<PutTask> ended(List<PutTask> all, int most) {
    List<PutTask> ended =
        all.stream()
            .filter(task -> !TaskRows.isOpen(task))
            .sorted(
                Comparator.comparingLong(PutTask::getEndedMillis)
                    .thenComparingLong(PutTask::getTaskId))
            .toList();
    return ended.stream().skip(most <= 0 ? 0 : Math.max(0, ended.size() - most));
  }

  private LoadTask shown(PutTask task, boolean failures) {
    Optional<TaskRun> run = TaskRows.isOpen(task) ? tasks.run(task.getTaskId()) : Optional.empty();
    LoadMetadataProgress.Builder progress =
        TaskRows.progress(run.map(TaskRun::counts).orElse(task.getCounts()))
            .setFinished(!TaskRows.isOpen(task))
            .setCondition(run.map(r -> r.progress().condition()).orElse(task.getCondition()));
    run.ifPresent(r -> r.show(progress));
    if (failures) {
      run.map(TaskRun::failures)
          .orElse(task.getFailuresList())
          .forEach(failure -> progress.addFailures(TaskRows.shown(failure)));
    }
    LoadTask.Builder shown =
        LoadTask.newBuilder()
            .setTaskId(task.getTaskId())
            .setOrigin("TASK")
            .setPath(task.getPath())
            .setRecursive(task.getRecursive())
            .setForce(task.getForce())
            .setOverrideGuard(task.getOverrideGuard())
            .setUser(task.getUser())
            .setStartMillis(task.getStartMillis())
            .setState(TaskRows.isOpen(task) && run.isEmpty() ? "WAITING" : task.getState().name())
            .setEndedMillis(task.getEndedMillis())
            .setCancelledBy(task.getCancelledBy())
            .setProgress(progress);
    if (!task.getErrorCode().isEmpty()) {
      shown.setError(
          ErrorInfo.newBuilder().setCode(task.getErrorCode()).setMessage(task.getErrorMessage()));
    }
    return shown.build();
  }

  private static LoadTask shown(SyncSchedules.Run run) {
    return LoadTask.newBuilder()
        .setOrigin("SCHEDULE")
        .setPath(run.target().path().toString())
        .setRecursive(true)
        .setForce(true)
        .setStartMillis(run.beginMillis())
        .setState("RUNNING")
        .setProgress(brief(run.progress().toProto()))
        .build();
  }

  private static LoadMetadataProgress.Builder brief(LoadMetadataProgress.Builder progress) {
    return progress.clearFailures();
  }

  private static SyncSchedule shown(SyncSchedules.Standing standing) {
    return SyncSchedule.newBuilder()
        .setPath(standing.target().path().toString())
        .setIntervalMillis(standing.target().intervalMillis())
        .setComparedMillis(standing.comparedMillis())
        .setNextMillis(standing.nextMillis())
        .setLastResult(standing.lastResult())
        .setOrigin(standing.target().origin())
        .build();
  }
}
