package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.Rename;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.mount.MountTable;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.PolicyMove;
import io.cadastre.journal.record.proto.PutSyncMark;
import io.cadastre.journal.record.proto.RenameInode;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.SyncRow;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.Permissions;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import io.cadastre.server.transaction.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * `mv` of a file or a directory, within one mount or outside all of them. Policies below move
 * along.
 */
public final class RenameOperation implements Operation {
  private final NamespacePath source;
  private final NamespacePath destination;
  private final boolean overwrite;
  private final StoreAccess stores;

  public RenameOperation(Rename request, StoreAccess stores) {
    this.source = NamespacePath.of(request.getSource());
    this.destination = NamespacePath.of(request.getDestination());
    this.overwrite = request.getOverwrite();
    this.stores = stores;
    if (source.isRoot() || destination.isRoot()) {
      throw MetadataException.invalid(
          source.isRoot() ? "source" : "destination", "the root cannot be renamed");
    }
    if (source.isPrefixOf(destination) && !source.equals(destination)) {
      throw MetadataException.invalid("destination", "lies inside the source");
    }
  }

  @Override
  public LockRequest locks(AppliedView view) {
    return LockRequest.forWrites(source, destination);
  }

  @Override
  public Plan plan(PlanContext context) {
    Resolution from = context.resolve(source);
    InodeBody body = from.body();
    if (source.equals(destination)) {
      return new Plan.Nothing(Done.newBuilder().setInodeId(body.getId()).build());
    }
    Resolution to = context.resolve(destination);
    MountTable mounts = context.view().mounts();
    MountRules.holdsNoMount(mounts, source);
    MountRules.holdsNoMount(mounts, destination);
    DeleteOperation.checkMayRemove(context, source, from.parent(), body);
    Permissions.check(
        context.caller(),
        destination.parent(),
        to.parent().owner(),
        to.parent().group(),
        to.parent().mode(),
        Permissions.WRITE | Permissions.EXECUTE);
    Optional<MountResolution> fromMount = MountRules.writable(mounts, source);
    Optional<MountResolution> toMount = MountRules.writable(mounts, destination);
    if (!fromMount
        .map(MountResolution::mount)
        .map(MountPoint::mountId)
        .equals(toMount.map(MountResolution::mount).map(MountPoint::mountId))) {
      throw new MetadataException(
              ErrorCode.CROSS_MOUNT, "Source and destination lie in different mounts; copy instead")
          .with("source", source)
          .with("destination", destination);
    }
    List<JournalRecord> records = new ArrayList<>();
    if (to.exists()) {
      records.add(replaced(context, body, to));
    }
    if (fromMount.isPresent()) {
      return new Plan.ThroughStore(
          stores.rename(
              context,
              fromMount.get(),
              toMount.get(),
              from,
              to,
              row -> withRename(context, records, from, to, body, row)));
    }
    byte[] row =
        InodeRow.withBody(from.row(), InodeRow.mtimeMillis(from.row()), context.nowMillis(), body);
    return new Plan.Commit(
        withRename(context, records, from, to, body, row),
        Done.newBuilder().setInodeId(body.getId()).setChanged(true).build());
  }

  private JournalRecord replaced(PlanContext context, InodeBody body, Resolution to) {
    InodeBody old = to.body();
    if (!overwrite) {
      throw new MetadataException(ErrorCode.ALREADY_EXISTS, "File exists: " + destination);
    }
    boolean directory = body.getKind() == InodeKind.DIRECTORY;
    boolean oldDirectory = old.getKind() == InodeKind.DIRECTORY;
    if (directory && !oldDirectory) {
      throw new MetadataException(
          ErrorCode.NOT_A_DIRECTORY, "A directory cannot replace a file: " + destination);
    }
    if (!directory && oldDirectory) {
      throw new MetadataException(
          ErrorCode.NOT_A_FILE, "A file cannot replace a directory: " + destination);
    }
    if (oldDirectory && !DeleteOperation.isEmpty(context.view(), old.getId())) {
      throw new MetadataException(ErrorCode.NOT_EMPTY, "Directory not empty: " + destination);
    }
    DeleteOperation.checkMayRemove(context, destination, to.parent(), old);
    return Records.delete(to.parentId(), destination.name(), old.getId(), context.nowMillis());
  }

  private List<JournalRecord> withRename(
      PlanContext context,
      List<JournalRecord> before,
      Resolution from,
      Resolution to,
      InodeBody body,
      byte[] row) {
    RenameInode.Builder rename =
        Records.rename(
                from.parentId(),
                source.name(),
                to.parentId(),
                destination.name(),
                body.getId(),
                row)
            .setParentMillis(context.nowMillis());
    List<JournalRecord> records = new ArrayList<>(before);
    // A policy that was set on what is replaced goes with it.
    for (NamespacePath policy : context.view().policies().under(destination).keySet()) {
      records.add(Records.removePolicy(policy.toString()));
    }
    for (NamespacePath policy : context.view().policies().under(source).keySet()) {
      rename.addPolicies(
          PolicyMove.newBuilder()
              .setFrom(policy.toString())
              .setTo(policy.moved(source, destination).toString()));
    }
    DeleteOperation.checkPolicies(rename.getPoliciesCount() + records.size(), source);
    if (body.getKind() == InodeKind.DIRECTORY) {
      invalidation(context.view(), from).ifPresent(records::add);
    }
    records.add(Records.of(rename));
    return records;
  }

  /** That the store may differ below a directory goes on to hold for what is moved out of it. */
  private static Optional<JournalRecord> invalidation(AppliedView view, Resolution moved) {
    long own = invalidatedIndex(view, moved.id());
    boolean carried =
        moved.directories().stream().anyMatch(above -> invalidatedIndex(view, above.id()) > own);
    return carried
        ? Optional.of(
            Records.mark(PutSyncMark.Depth.INVALIDATED, moved.id(), 0, view.stateIndex() + 1))
        : Optional.empty();
  }

  private static long invalidatedIndex(AppliedView view, long directoryId) {
    return SyncRow.decode(view.get(Family.SYNC, KeyLayout.id(directoryId))).invalidatedIndex();
  }
}
