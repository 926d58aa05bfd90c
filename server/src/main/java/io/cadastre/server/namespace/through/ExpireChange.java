package io.cadastre.server.namespace.through;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.server.transaction.StoreCall;
import io.cadastre.server.transaction.StoreChange;
import io.cadastre.ufs.spi.StoreLookup;
import java.util.List;
import java.util.Optional;

/**
 * Decides what becomes of a file that nobody completed, by what its store says: present, absent, or
 * unknown, which leaves it as it is. Changes nothing in the store: no intent.
 */
final class ExpireChange implements StoreChange {
  private final MountedFileSystems mounted;
  private final MountResolution mount;
  private final NamespacePath path;
  private final long parentId;
  private final byte[] row;
  private final List<JournalRecord> ifAbsent;
  private final long nowMillis;

  ExpireChange(
      MountedFileSystems mounted,
      MountResolution mount,
      Resolution file,
      List<JournalRecord> ifAbsent,
      long nowMillis) {
    this.mounted = mounted;
    this.mount = mount;
    this.path = file.path();
    this.parentId = file.parentId();
    this.row = file.existing();
    this.ifAbsent = List.copyOf(ifAbsent);
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
    throw new IllegalStateException("expiring a file has no intent");
  }

  @Override
  public Effect execute(StoreCall call) {
    FencedStore store = new FencedStore(mounted, mount.mount(), call);
    StoreLookup there = store.status(mount.relativePath());
    if (there instanceof StoreLookup.Unknown unknown) {
      throw FencedStore.unreadable(unknown);
    }
    if (!(there instanceof StoreLookup.Present present)) {
      return new Effect(
          ifAbsent, Done.newBuilder().setInodeId(InodeRow.id(row)).setChanged(true).build());
    }
    if (!present.status().isFile()) {
      throw new MetadataException(
          ErrorCode.NOT_A_FILE, "The store has something else at the path: " + path);
    }
    return CompleteChange.completed(
        path, parentId, row, present.status(), store.raw().supportsOwnership(), nowMillis);
  }

  @Override
  public String toString() {
    return "expire " + path;
  }
}
