package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.Unmount;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.Permissions;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import io.cadastre.server.transaction.Resolution;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a store out of the namespace, with everything that is known of it; the mount point goes
 * too. The store is not touched, and policies stay, so that mounting again finds them.
 */
public final class UnmountOperation implements Operation {
  private final NamespacePath path;

  public UnmountOperation(Unmount request) {
    this.path = NamespacePath.of(request.getPath());
  }

  @Override
  public LockRequest locks(AppliedView view) {
    return LockRequest.forWrite(path).and(LockRequest.nameLock(MountOperation.LOCK));
  }

  @Override
  public Plan plan(PlanContext context) {
    Permissions.checkSuperuser(context.caller(), "unmount a store");
    MountPoint mount = UpdateMountOperation.existing(context.view(), path);
    if (context.view().mounts().holdsMountBelow(path)) {
      throw new MetadataException(
          ErrorCode.MOUNT_INSIDE,
          "Other stores are mounted below the path; unmount them first: " + path);
    }
    Resolution target = context.resolve(path);
    List<JournalRecord> records = new ArrayList<>();
    records.add(Records.removeMount(mount.mountId()));
    records.add(Records.detach(target.parentId(), path.name(), target.id(), context.nowMillis()));
    return new Plan.Commit(
        records, Done.newBuilder().setInodeId(target.id()).setChanged(true).build());
  }
}
