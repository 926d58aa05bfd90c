package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.CreateDirectory;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.inode.proto.Xattr;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.PathResolver;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import io.cadastre.server.transaction.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** `mkdir`, with or without missing parents. */
public final class CreateDirectoryOperation implements Operation {
  private final NamespacePath path;
  private final boolean parents;
  private final int mode;
  private final List<Xattr> xattrs;
  private final PathResolver resolver;
  private final StoreAccess stores;
  private NamespacePath locked;

  public CreateDirectoryOperation(
      CreateDirectory request, PathResolver resolver, StoreAccess stores) {
    this.path = NamespacePath.of(request.getPath());
    this.parents = request.getParents();
    this.mode = request.hasMode() ? NewInode.checkMode(request.getMode()) : NewInode.DIRECTORY_MODE;
    this.xattrs = NewInode.checkXattrs(request.getXattrsList());
    this.resolver = resolver;
    this.stores = stores;
  }

  @Override
  public LockRequest locks(AppliedView view) {
    locked = ParentDirectories.lockedPath(resolver, view, path, parents);
    return LockRequest.forWrite(locked);
  }

  @Override
  public Plan plan(PlanContext context) {
    Resolution resolution = context.resolve(path);
    if (resolution.exists()) {
      return existing(resolution);
    }
    if (!ParentDirectories.covered(locked, resolution, parents)) {
      return new Plan.LockAgain();
    }
    Optional<MountResolution> mount = MountRules.writable(context.view().mounts(), path);
    ParentDirectories.Made made = ParentDirectories.make(context, resolution, parents);
    InodeBody directory =
        NewInode.body(context, InodeKind.DIRECTORY, mode, made.group(), xattrs).build();
    if (mount.isPresent()) {
      return new Plan.ThroughStore(
          stores.create(
              context, mount.get(), resolution, made.records(), made.parentId(), directory));
    }
    List<JournalRecord> records = new ArrayList<>(made.records());
    records.add(NewInode.create(context, made.parentId(), path.name(), directory));
    return new Plan.Commit(
        records, Done.newBuilder().setInodeId(directory.getId()).setChanged(true).build());
  }

  private Plan existing(Resolution resolution) {
    if (parents && resolution.isDirectory()) {
      return new Plan.Nothing(Done.newBuilder().setInodeId(resolution.id()).build());
    }
    throw new MetadataException(ErrorCode.ALREADY_EXISTS, "File exists: " + path);
  }
}
