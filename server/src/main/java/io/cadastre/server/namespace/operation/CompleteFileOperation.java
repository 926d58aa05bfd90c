package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.CompleteFile;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.Permissions;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import io.cadastre.server.transaction.Resolution;
import java.util.List;
import java.util.Optional;

/**
 * Completes a file: outside mounts with the size that the caller says, on a mount with what the
 * store says.
 */
public final class CompleteFileOperation implements Operation {
  private final NamespacePath path;
  private final CompleteFile request;
  private final StoreAccess stores;

  public CompleteFileOperation(CompleteFile request, StoreAccess stores) {
    this.path = NamespacePath.of(request.getPath());
    this.request = request;
    this.stores = stores;
    if (request.hasSize() && request.getSize() < 0) {
      throw MetadataException.invalid("size", "expected 0 or more bytes, got " + request.getSize());
    }
  }

  @Override
  public LockRequest locks(AppliedView view) {
    return LockRequest.forWrite(path);
  }

  @Override
  public Plan plan(PlanContext context) {
    Resolution file = context.resolve(path);
    InodeBody body = file.body();
    if (body.getKind() != InodeKind.FILE) {
      throw new MetadataException(ErrorCode.NOT_A_FILE, "Not a file: " + path);
    }
    InodeConditions.checkId(request.getInodeId(), body.getId(), path);
    Permissions.check(
        context.caller(),
        path,
        body.getOwner(),
        body.getGroup(),
        body.getMode(),
        Permissions.WRITE);
    if (!body.getIncomplete()) {
      throw new MetadataException(ErrorCode.FILE_STATE, "The file is complete already: " + path);
    }
    Optional<MountResolution> mount = MountRules.writable(context.view().mounts(), path);
    if (mount.isPresent()) {
      if (request.hasSize()) {
        throw MetadataException.invalid("size", "on a mount the size is taken from the store");
      }
      return new Plan.ThroughStore(stores.complete(context, mount.get(), file));
    }
    InodeBody completed = body.toBuilder().setIncomplete(false).setSize(request.getSize()).build();
    byte[] row = InodeRow.withBody(file.row(), context.nowMillis(), context.nowMillis(), completed);
    return new Plan.Commit(
        List.of(Records.update(file.parentId(), path.name(), body.getId(), row)),
        Done.newBuilder().setInodeId(body.getId()).setChanged(true).build());
  }
}
