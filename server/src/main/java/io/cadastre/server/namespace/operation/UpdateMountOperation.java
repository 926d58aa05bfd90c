package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.UpdateMount;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.PutMount;
import io.cadastre.journal.record.proto.StoreOption;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.mount.SecretOptions;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.Permissions;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes whether a mount is writable, and its options. The store is opened anew when it is next
 * asked.
 */
public final class UpdateMountOperation implements Operation {
  private final NamespacePath path;
  private final UpdateMount request;

  public UpdateMountOperation(UpdateMount request) {
    this.path = NamespacePath.of(request.getPath());
    this.request = request;
    request
        .getSetOptionsList()
        .forEach(option -> SecretOptions.check(option.getName(), option.getValue()));
  }

  @Override
  public LockRequest locks(AppliedView view) {
    // Exclusive on the mount point: nothing in the mount is under way while it changes.
    return LockRequest.forWrite(path).and(LockRequest.nameLock(MountOperation.LOCK));
  }

  @Override
  public Plan plan(PlanContext context) {
    Permissions.checkSuperuser(context.caller(), "change a mount");
    MountPoint mount = existing(context.view(), path);
    Map<String, String> options = new LinkedHashMap<>();
    mount.options().forEach(option -> options.put(option.name(), option.value()));
    request.getSetOptionsList().forEach(option -> options.put(option.getName(), option.getValue()));
    for (String name : request.getRemoveOptionsList()) {
      if (options.remove(name) == null) {
        throw MetadataException.invalid("remove_options", "the mount has no option " + name);
      }
    }
    PutMount.Builder row =
        row(mount).setWritable(request.hasWritable() ? request.getWritable() : mount.writable());
    row.clearOptions();
    options.forEach(
        (name, value) -> row.addOptions(StoreOption.newBuilder().setName(name).setValue(value)));
    return new Plan.Commit(
        List.of(Records.of(row.build())), Done.newBuilder().setChanged(true).build());
  }

  /**
   * The mount at exactly this path.
   *
   * @throws MetadataException NOT_A_MOUNT
   */
  static MountPoint existing(AppliedView view, NamespacePath path) {
    return view.mounts()
        .at(path)
        .orElseThrow(
            () -> new MetadataException(ErrorCode.NOT_A_MOUNT, "Nothing is mounted at " + path));
  }

  /** The mount as it is journaled. */
  static PutMount.Builder row(MountPoint mount) {
    PutMount.Builder row =
        PutMount.newBuilder()
            .setMountId(mount.mountId())
            .setPath(mount.path().toString())
            .setStoreUri(mount.storeUri())
            .setWritable(mount.writable())
            .setShared(mount.shared())
            .setRootIdentity(mount.rootIdentity())
            .setMountedMillis(mount.mountedMillis())
            .setGuardReason(mount.guardReason())
            .setGuardMillis(mount.guardMillis());
    mount
        .options()
        .forEach(
            option ->
                row.addOptions(
                    StoreOption.newBuilder().setName(option.name()).setValue(option.value())));
    return row;
  }
}
