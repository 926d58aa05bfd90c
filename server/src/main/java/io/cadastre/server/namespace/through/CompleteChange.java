package io.cadastre.server.namespace.through;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.server.transaction.StoreCall;
import io.cadastre.server.transaction.StoreChange;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.List;
import java.util.Optional;

/** Takes what a store has of a file that was created here. Changes nothing there: no intent. */
final class CompleteChange implements StoreChange {
  private final MountedFileSystems mounted;
  private final MountResolution mount;
  private final NamespacePath path;
  private final long parentId;
  private final byte[] row;
  private final long nowMillis;

  CompleteChange(
      MountedFileSystems mounted, MountResolution mount, Resolution file, long nowMillis) {
    this.mounted = mounted;
    this.mount = mount;
    this.path = file.path();
    this.parentId = file.parentId();
    this.row = file.existing();
    this.nowMillis = nowMillis;
  }

  @Override
  public long mountId() {
    return mount.mount().mountId();
  }

  @Override
  public Optional<OpenIntent.Builder> intent() {
    return Optional.empty();
  }

  @Override
  public Effect plannedEffect() {
    throw new IllegalStateException("completing a file has no intent");
  }

  @Override
  public Effect execute(StoreCall call) {
    FencedStore store = new FencedStore(mounted, mount.mount(), call);
    StoreLookup there = store.status(mount.relativePath());
    String uri = store.raw().uriOf(mount.relativePath());
    if (there instanceof StoreLookup.Unknown unknown) {
      throw FencedStore.unreadable(unknown);
    }
    if (!(there instanceof StoreLookup.Present present)) {
      throw new MetadataException(
              ErrorCode.FILE_STATE,
              "The store does not have the file; write the bytes to " + uri + " first")
          .with("path", path);
    }
    UfsStatus status = present.status();
    if (!status.isFile()) {
      throw new MetadataException(ErrorCode.NOT_A_FILE, "The store has something else at " + uri)
          .with("path", path);
    }
    return effect(status, store.raw().supportsOwnership());
  }

  private Effect effect(UfsStatus status, boolean owners) {
    return completed(path, parentId, row, status, owners, nowMillis);
  }

  /** A file with what the store says of it. */
  static Effect completed(
      NamespacePath path,
      long parentId,
      byte[] row,
      UfsStatus status,
      boolean owners,
      long nowMillis) {
    InodeBody complete = InodeRow.body(row).toBuilder().setIncomplete(false).build();
    byte[] completed =
        InodeRow.withBody(
            row, status.mtimeMillis(), nowMillis, StoreRows.body(complete, status, owners));
    return new Effect(
        List.of(Records.update(parentId, path.name(), complete.getId(), completed)),
        Done.newBuilder().setInodeId(complete.getId()).setChanged(true).build());
  }

  @Override
  public String toString() {
    return "complete " + path;
  }
}
