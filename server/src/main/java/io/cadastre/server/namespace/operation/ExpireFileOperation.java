package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import io.cadastre.server.transaction.Resolution;
import java.util.List;
import java.util.Optional;

/**
 * Ends a file that was created and not completed in time: outside mounts it goes; on a mount its
 * store is asked first. Done by the master itself.
 */
public final class ExpireFileOperation implements Operation {
  private final NamespacePath path;
  private final long inodeId;
  private final StoreAccess stores;

  /**
   * @param inodeId another inode at the path is left alone
   */
  public ExpireFileOperation(NamespacePath path, long inodeId, StoreAccess stores) {
    this.path = path;
    this.inodeId = inodeId;
    this.stores = stores;
  }

  @Override
  public LockRequest locks(AppliedView view) {
    return LockRequest.forWrite(path);
  }

  @Override
  public Plan plan(PlanContext context) {
    Resolution file = context.resolve(path);
    Done nothing = Done.getDefaultInstance();
    if (!file.exists()) {
      return new Plan.Nothing(nothing);
    }
    InodeBody body = file.body();
    if (body.getId() != inodeId || body.getKind() != InodeKind.FILE || !body.getIncomplete()) {
      return new Plan.Nothing(nothing);
    }
    List<JournalRecord> records = DeleteOperation.removePolicies(context.view(), path);
    records.add(Records.delete(file.parentId(), path.name(), inodeId, context.nowMillis()));
    Optional<MountResolution> mount = context.view().mounts().resolve(path);
    if (mount.isPresent()) {
      return new Plan.ThroughStore(stores.expire(context, mount.get(), file, records));
    }
    return new Plan.Commit(records, Done.newBuilder().setInodeId(inodeId).setChanged(true).build());
  }

  @Override
  public String toString() {
    return "expire " + path;
  }
}
