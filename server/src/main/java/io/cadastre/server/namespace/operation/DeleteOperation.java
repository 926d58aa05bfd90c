package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.Delete;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.cache.DirectoryEntry;
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
 * `rm`. A subtree of any size goes by one record that takes its root out of the namespace; what is
 * below is reclaimed later. Permissions are checked on the directory above only, as for a rename:
 * whoever may remove the edge may remove what hangs on it.
 */
public final class DeleteOperation implements Operation {
  /** Most policies that one operation moves or removes. */
  static final int MAX_POLICIES = 1_000;

  private final NamespacePath path;
  private final Delete request;
  private final StoreAccess stores;

  public DeleteOperation(Delete request, StoreAccess stores) {
    this.path = NamespacePath.of(request.getPath());
    this.request = request;
    this.stores = stores;
    if (path.isRoot()) {
      throw MetadataException.invalid("path", "the root cannot be deleted");
    }
  }

  @Override
  public LockRequest locks(AppliedView view) {
    return LockRequest.forWrite(path);
  }

  @Override
  public Plan plan(PlanContext context) {
    Resolution target = context.resolve(path);
    InodeBody body = target.body();
    InodeConditions.checkId(request.getInodeId(), body.getId(), path);
    MountRules.holdsNoMount(context.view().mounts(), path);
    DirectoryEntry parent = target.parent();
    checkMayRemove(context, path, parent, body);
    boolean directory = body.getKind() == InodeKind.DIRECTORY;
    boolean empty = !directory || isEmpty(context.view(), body.getId());
    if (!empty && !request.getRecursive()) {
      throw new MetadataException(ErrorCode.NOT_EMPTY, "Directory not empty: " + path);
    }
    List<JournalRecord> records = removePolicies(context.view(), path);
    long now = context.nowMillis();
    records.add(
        empty
            ? Records.delete(parent.id(), path.name(), body.getId(), now)
            : Records.detach(parent.id(), path.name(), body.getId(), now));
    Optional<MountResolution> mount =
        request.getCadastreOnly()
            ? Optional.empty()
            : MountRules.writable(context.view().mounts(), path);
    if (mount.isPresent()) {
      return new Plan.ThroughStore(
          stores.delete(
              context,
              mount.get(),
              target,
              request.getRecursive(),
              request.getUnchecked(),
              records));
    }
    return new Plan.Commit(
        records, Done.newBuilder().setInodeId(body.getId()).setChanged(true).build());
  }

  /** Whether a directory has no entries: a scan, because the count is only kept for show. */
  static boolean isEmpty(AppliedView view, long directoryId) {
    try (RowCursor entries = view.children(directoryId)) {
      return !entries.valid();
    }
  }

  static void checkMayRemove(
      PlanContext context, NamespacePath path, DirectoryEntry parent, InodeBody body) {
    Permissions.check(
        context.caller(),
        path.parent(),
        parent.owner(),
        parent.group(),
        parent.mode(),
        Permissions.WRITE | Permissions.EXECUTE);
    Permissions.checkSticky(context.caller(), path, parent.mode(), parent.owner(), body.getOwner());
  }

  /** Records that remove the policies of a path and of what is below it. */
  static List<JournalRecord> removePolicies(AppliedView view, NamespacePath path) {
    List<JournalRecord> records = new ArrayList<>();
    for (NamespacePath policy : view.policies().under(path).keySet()) {
      records.add(Records.removePolicy(policy.toString()));
    }
    checkPolicies(records.size(), path);
    return records;
  }

  static void checkPolicies(int count, NamespacePath path) {
    if (count > MAX_POLICIES) {
      throw new MetadataException(
              ErrorCode.TOO_LARGE, "Too many policies are set below the path; unset some first")
          .with("path", path)
          .with("policies", count)
          .with("limit", MAX_POLICIES);
    }
  }
}
