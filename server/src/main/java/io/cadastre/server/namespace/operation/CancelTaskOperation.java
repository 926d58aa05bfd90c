package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.CancelTask;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.PutTask;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.sync.TaskRows;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import java.util.List;

/**
 * Asks a load in the background to stop, which its own user and super-users may. Only that is
 * journaled: the leader ends the load, soon or after a failover.
 */
public final class CancelTaskOperation implements Operation {
  private final long taskId;

  public CancelTaskOperation(CancelTask request) {
    this.taskId = request.getTaskId();
  }

  @Override
  public LockRequest locks(AppliedView view) {
    return LockRequest.nameLock(TaskRows.LOCK);
  }

  @Override
  public Plan plan(PlanContext context) {
    PutTask task = TaskRows.require(context.view(), taskId);
    String user = context.caller().user();
    if (!context.caller().superuser() && !user.equals(task.getUser())) {
      throw new MetadataException(
              ErrorCode.PERMISSION_DENIED,
              "Permission denied: the load was asked for by another user")
          .with("user", user);
    }
    Done.Builder done = Done.newBuilder().setTaskId(taskId);
    if (!TaskRows.isOpen(task) || !task.getCancelledBy().isEmpty()) {
      return new Plan.Nothing(done.build());
    }
    return new Plan.Commit(
        List.of(Records.of(task.toBuilder().setCancelledBy(user).build())),
        done.setChanged(true).build());
  }
}
