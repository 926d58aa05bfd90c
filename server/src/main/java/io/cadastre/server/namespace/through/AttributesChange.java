package io.cadastre.server.namespace.through;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.server.transaction.StoreCall;
import io.cadastre.server.transaction.StoreChange;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.List;
import java.util.Optional;

/** Sets what a store can hold of the wanted attributes; the rest lives here only. */
final class AttributesChange implements StoreChange {
  private final MountedFileSystems mounted;
  private final MountResolution mount;
  private final NamespacePath path;
  private final long parentId;
  private final InodeBody body;
  private final byte[] planned;
  private final UfsAttributes wanted;
  private final String before;

  AttributesChange(
      MountedFileSystems mounted,
      MountResolution mount,
      Resolution target,
      UfsAttributes attributes,
      InodeBody body,
      long nowMillis) {
    this.mounted = mounted;
    this.mount = mount;
    this.path = target.path();
    this.parentId = target.parentId();
    this.body = body;
    long mtime = attributes.mtimeMillis().orElse(InodeRow.mtimeMillis(target.row()));
    this.planned = InodeRow.withBody(target.row(), mtime, nowMillis, body);
    this.wanted = held(mounted.of(mount.mount()).store(), attributes);
    this.before =
        StoreState.of(body.getKind() == InodeKind.DIRECTORY, target.body().getFingerprint());
  }

  private static UfsAttributes held(UnderFileSystem store, UfsAttributes attributes) {
    boolean owners = store.supportsOwnership();
    return new UfsAttributes(
        owners ? attributes.owner() : UfsAttributes.NONE.owner(),
        owners ? attributes.group() : UfsAttributes.NONE.group(),
        owners ? attributes.mode() : UfsAttributes.NONE.mode(),
        store.supportsModificationTimes()
            ? attributes.mtimeMillis()
            : UfsAttributes.NONE.mtimeMillis());
  }

  @Override
  public long mountId() {
    return mount.mount().mountId();
  }

  @Override
  public Optional<OpenIntent.Builder> intent() {
    if (wanted.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        OpenIntent.newBuilder()
            .setMountId(mountId())
            .setKind(IntentKind.SET_ATTRIBUTES.name())
            .addPaths(path.toString())
            .addStorePaths(mount.relativePath())
            .addBefore(before)
            .addAfter(StoreState.of(wanted)));
  }

  @Override
  public Effect plannedEffect() {
    return effect(planned);
  }

  private Effect effect(byte[] row) {
    return new Effect(
        List.of(Records.update(parentId, path.name(), body.getId(), row)),
        Done.newBuilder().setInodeId(body.getId()).setChanged(true).build());
  }

  @Override
  public Effect execute(StoreCall call) {
    if (wanted.isEmpty()) {
      return plannedEffect();
    }
    FencedStore store = new FencedStore(mounted, mount.mount(), call);
    checkKind(store);
    try {
      UfsStatus status = store.setAttributes(mount.relativePath(), wanted);
      return effect(row(status, store.raw()));
    } catch (UfsException e) {
      if (e.kind() == Kind.ABSENT && body.getIncomplete()) {
        // The bytes never came: what is wanted is known here only.
        return plannedEffect();
      }
      throw store.failure(
          e.kind() == Kind.ABSENT
              ? FencedStore.outOfSync("The store does not have it any more", path)
              : FencedStore.error(e));
    }
  }

  /** An entry of another kind is another entry, and its attributes are not ours to set. */
  private void checkKind(FencedStore store) {
    StoreLookup there = store.status(mount.relativePath());
    if (there instanceof StoreLookup.Unknown unknown) {
      throw FencedStore.unreadable(unknown);
    }
    if (there instanceof StoreLookup.Present present
        && present.status().isDirectory() != (body.getKind() == InodeKind.DIRECTORY)) {
      throw FencedStore.outOfSync("The store has another kind of entry there", path);
    }
  }

  private byte[] row(UfsStatus status, UnderFileSystem store) {
    byte[] row = StoreRows.row(planned, status, store.supportsOwnership());
    return store.supportsModificationTimes()
        ? row
        : InodeRow.withBody(
            row, InodeRow.mtimeMillis(planned), InodeRow.ctimeMillis(planned), InodeRow.body(row));
  }

  @Override
  public String toString() {
    return "set attributes of " + path;
  }
}
