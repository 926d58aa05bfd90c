package io.cadastre.server.sync;

import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.record.proto.PutTask;
import io.cadastre.journal.record.proto.TaskCounts;
import io.cadastre.journal.record.proto.TaskFailure;
import io.cadastre.server.transaction.MetadataExceptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** One background load at work under this leader. Its row is what it was when this began. */
final class TaskRun {
  private static final int MOST_FAILURES = 100;

  private final PutTask begun;
  private final SyncProgress progress;
  private final CompletableFuture<SyncProgress> done;
  private long notedMillis;

  TaskRun(PutTask begun, SyncService.Load load, long nowMillis) {
    this.begun = begun;
    this.progress = load.progress();
    this.done = load.done();
    this.notedMillis = nowMillis;
  }

  SyncProgress progress() {
    return progress;
  }

  boolean isDone() {
    return done.isDone();
  }

  /** Whether it is time to journal how far it is; if so, the next time is counted from now. */
  boolean isDueForNote(long nowMillis, long periodMillis) {
    if (nowMillis - notedMillis < periodMillis) {
      return false;
    }
    notedMillis = nowMillis;
    return true;
  }

  /** Of all leaders that worked on it. What one of them did twice counts twice. */
  TaskCounts counts() {
    return TaskRows.sum(begun.getCounts(), progress);
  }

  /** Failures of this and of earlier leaders, the first ones. */
  List<TaskFailure> failures() {
    List<TaskFailure> all = new ArrayList<>(begun.getFailuresList());
    progress.failures().stream()
        .limit(Math.max(0, MOST_FAILURES - all.size()))
        .forEach(failure -> all.add(TaskRows.stored(failure)));
    return all;
  }

  /** Adds what only a run at work knows. */
  void show(LoadMetadataProgress.Builder shown) {
    LoadMetadataProgress now = progress.toProto().clearFailures().build();
    shown
        .setQueuedDirectories(now.getQueuedDirectories())
        .setExpectedDirectories(now.getExpectedDirectories());
  }

  /** Why it did not come to its end, or null. */
  MetadataException failure() {
    try {
      done.getNow(null);
      return null;
    } catch (CompletionException e) {
      return MetadataExceptions.unwrap(e);
    }
  }

  /** Puts into the row how far it is. */
  PutTask.Builder noted(PutTask row) {
    return row.toBuilder()
        .setCounts(counts())
        .clearFailures()
        .addAllFailures(failures())
        .setCondition(progress.condition());
  }

  /** The row of a load that has ended. */
  PutTask ended(PutTask row, long nowMillis) {
    PutTask.Builder ended = noted(row).setEndedMillis(nowMillis);
    MetadataException failure = failure();
    if (failure != null) {
      return failed(ended, failure.code().name(), failure.getMessage());
    }
    if (progress.isCancelled()) {
      return ended.setState(PutTask.State.CANCELLED).build();
    }
    if (progress.isFruitless()) {
      TaskFailure first =
          progress.failures().stream()
              .findFirst()
              .map(TaskRows::stored)
              .orElseGet(() -> TaskFailure.newBuilder().setCode(ErrorCode.INTERNAL.name()).build());
      return failed(ended, first.getCode(), first.getMessage());
    }
    return ended
        .setState(progress.condition().isEmpty() ? PutTask.State.DONE : PutTask.State.GUARDED)
        .build();
  }

  static PutTask failed(PutTask.Builder row, String code, String message) {
    return row.setState(PutTask.State.FAILED).setErrorCode(code).setErrorMessage(message).build();
  }
}
