package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.StartLoad;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.PutTask;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.sync.TaskRows;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.Permissions;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import java.util.List;

/**
 * Asks for a load in the background. Journals that it was asked for; the leader, whoever it is,
 * works it off ({@link io.cadastre.server.sync.SyncTasks}).
 */
public final class StartLoadOperation implements Operation {
  private final StartLoad request;
  private final NamespacePath path;

  public StartLoadOperation(StartLoad request) {
    this.request = request;
    this.path = NamespacePath.of(request.getPath());
    if (request.getOverrideGuard() && !request.getForce()) {
      throw MetadataException.invalid(
          "override_guard", "expected together with force, which takes deletions over");
    }
  }

  @Override
  public LockRequest locks(AppliedView view) {
    return LockRequest.nameLock(TaskRows.LOCK);
  }

  @Override
  public Plan plan(PlanContext context) {
    if (request.getOverrideGuard()) {
      Permissions.checkSuperuser(context.caller(), "override the mass-delete guard");
    }
    context.resolve(path);
    if (context.view().mounts().resolve(path).isEmpty()) {
      throw new MetadataException(ErrorCode.NOT_A_MOUNT, "The path lies on no mount: " + path);
    }
    List<PutTask> tasks = TaskRows.all(context.view());
    if (tasks.stream().filter(TaskRows::isOpen).count() >= TaskRows.MOST_OPEN) {
      throw new MetadataException(
          ErrorCode.BUSY, "Too many loads in the background are waiting already");
    }
    long id = tasks.isEmpty() ? 1 : tasks.get(tasks.size() - 1).getTaskId() + 1;
    PutTask task =
        PutTask.newBuilder()
            .setTaskId(id)
            .setPath(path.toString())
            .setRecursive(request.getRecursive())
            .setForce(request.getForce())
            .setOverrideGuard(request.getOverrideGuard())
            .setUser(context.caller().user())
            .setStartMillis(context.nowMillis())
            .setState(PutTask.State.RUNNING)
            .build();
    return new Plan.Commit(
        List.of(Records.of(task)), Done.newBuilder().setTaskId(id).setChanged(true).build());
  }
}
