package io.cadastre.server.sync;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.SyncFailure;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.record.proto.PutTask;
import io.cadastre.journal.record.proto.TaskCounts;
import io.cadastre.journal.record.proto.TaskFailure;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.journal.store.RowReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of background loads: bounded in number, so they are read as a whole. Stateless. */
public final class TaskRows {
  /** Name lock of whoever reads a row to put it back changed. */
  public static final String LOCK = "sync-tasks";

  /** Loads that may wait and run; one more is answered BUSY. */
  public static final int MOST_OPEN = 1_000;

  private TaskRows() {}

  /** All rows, by id. */
  public static List<PutTask> all(RowReader store) {
    List<PutTask> tasks = new ArrayList<>();
    try (RowCursor rows = store.scan(Family.TASKS, new byte[0], null)) {
      for (; rows.valid(); rows.next()) {
        tasks.add(parse(rows.value()));
      }
    }
    return tasks;
  }

  /**
   * One row.
   *
   * @throws MetadataException NOT_FOUND
   */
  public static PutTask require(RowReader store, long taskId) {
    return find(store, taskId)
        .orElseThrow(
            () ->
                new MetadataException(
                    ErrorCode.NOT_FOUND, "There is no load in the background of id " + taskId));
  }

  static Optional<PutTask> find(RowReader store, long taskId) {
    return Optional.ofNullable(store.get(Family.TASKS, KeyLayout.id(taskId))).map(TaskRows::parse);
  }

  public static boolean isOpen(PutTask task) {
    return task.getState() == PutTask.State.RUNNING;
  }

  private static PutTask parse(byte[] row) {
    try {
      return PutTask.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new MetadataException(ErrorCode.CORRUPT, "A stored task does not parse", e);
    }
  }

  /** What earlier leaders counted, and what a run has done since. */
  static TaskCounts sum(TaskCounts before, SyncProgress run) {
    return TaskCounts.newBuilder()
        .setDirectories(before.getDirectories() + run.directories.sum())
        .setFiles(before.getFiles() + run.files.sum())
        .setCreated(before.getCreated() + run.created.sum())
        .setUpdated(before.getUpdated() + run.updated.sum())
        .setReplaced(before.getReplaced() + run.replaced.sum())
        .setDeleted(before.getDeleted() + run.deleted.sum())
        .setUnchanged(before.getUnchanged() + run.unchanged.sum())
        .setSkipped(before.getSkipped() + run.skipped.sum())
        .setFailed(before.getFailed() + run.failed.sum())
        .setStoreListings(before.getStoreListings() + run.listings.sum())
        .setStoreLookups(before.getStoreLookups() + run.lookups.sum())
        .setElapsedMillis(before.getElapsedMillis() + run.elapsedMillis())
        .putAllRequests(sum(before.getRequestsMap(), run.requests()))
        .setPriceDollars(before.getPriceDollars() + run.priceDollars())
        .build();
  }

  private static Map<String, Long> sum(Map<String, Long> before, Map<String, Long> since) {
    Map<String, Long> sum = new HashMap<>(before);
    since.forEach((kind, count) -> sum.merge(kind, count, Long::sum));
    return sum;
  }

  static LoadMetadataProgress.Builder progress(TaskCounts counts) {
    return LoadMetadataProgress.newBuilder()
        .setDirectories(counts.getDirectories())
        .setFiles(counts.getFiles())
        .setCreated(counts.getCreated())
        .setUpdated(counts.getUpdated())
        .setReplaced(counts.getReplaced())
        .setDeleted(counts.getDeleted())
        .setUnchanged(counts.getUnchanged())
        .setSkipped(counts.getSkipped())
        .setFailed(counts.getFailed())
        .setStoreListings(counts.getStoreListings())
        .setStoreLookups(counts.getStoreLookups())
        .setElapsedMillis(counts.getElapsedMillis())
        .putAllRequests(counts.getRequestsMap())
        .setPriceDollars(counts.getPriceDollars());
  }

  static TaskFailure stored(SyncFailure failure) {
    return TaskFailure.newBuilder()
        .setPath(failure.getPath())
        .setCode(failure.getCode())
        .setMessage(failure.getMessage())
        .build();
  }

  static SyncFailure shown(TaskFailure failure) {
    return SyncFailure.newBuilder()
        .setPath(failure.getPath())
        .setCode(failure.getCode())
        .setMessage(failure.getMessage())
        .build();
  }
}
