package io.cadastre.server.namespace.through;

import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.namespace.operation.StoreAccess;
import io.cadastre.server.transaction.PlanContext;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.server.transaction.StoreChange;
import io.cadastre.ufs.spi.UfsAttributes;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Makes store changes, one class per kind. Thread-safe. */
public final class StoreChangePlanner implements StoreAccess {
  private final MountedFileSystems mounted;

  /** Mounts whose store lets this process give nothing away: directories are made without owner. */
  private final Set<Long> ownersDenied = ConcurrentHashMap.newKeySet();

  public StoreChangePlanner(MountedFileSystems mounted) {
    this.mounted = mounted;
  }

  @Override
  public StoreChange create(
      PlanContext context,
      MountResolution mount,
      Resolution resolution,
      List<JournalRecord> parents,
      long parentId,
      InodeBody target) {
    return new CreateChange(
        mounted, mount, resolution, parents, parentId, target, context.nowMillis(), ownersDenied);
  }

  @Override
  public StoreChange complete(PlanContext context, MountResolution mount, Resolution file) {
    return new CompleteChange(mounted, mount, file, context.nowMillis());
  }

  @Override
  public StoreChange expire(
      PlanContext context, MountResolution mount, Resolution file, List<JournalRecord> ifAbsent) {
    return new ExpireChange(mounted, mount, file, ifAbsent, context.nowMillis());
  }

  @Override
  public StoreChange delete(
      PlanContext context,
      MountResolution mount,
      Resolution target,
      boolean recursive,
      boolean unchecked,
      List<JournalRecord> records) {
    return new DeleteChange(mounted, mount, target, recursive, unchecked, records);
  }

  @Override
  public StoreChange rename(
      PlanContext context,
      MountResolution from,
      MountResolution to,
      Resolution source,
      Resolution destination,
      RenameRecords records) {
    return new RenameChange(mounted, from, to, source, destination, records, context.nowMillis());
  }

  @Override
  public StoreChange setAttributes(
      PlanContext context,
      MountResolution mount,
      Resolution target,
      UfsAttributes attributes,
      InodeBody body) {
    return new AttributesChange(mounted, mount, target, attributes, body, context.nowMillis());
  }
}
