package io.cadastre.server.namespace.through;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.server.transaction.StoreCall;
import io.cadastre.server.transaction.StoreChange;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.util.List;
import java.util.Optional;

/**
 * Removes a file, an empty directory, or a directory with everything in it. A directory that is not
 * empty is first compared with what is known here, unless that was asked not to be done: the store
 * must hold nothing else.
 */
final class DeleteChange implements StoreChange {
  private final MountedFileSystems mounted;
  private final MountResolution mount;
  private final NamespacePath path;
  private final InodeBody body;
  private final boolean subtree;
  private final boolean unchecked;
  private final List<JournalRecord> records;

  DeleteChange(
      MountedFileSystems mounted,
      MountResolution mount,
      Resolution target,
      boolean recursive,
      boolean unchecked,
      List<JournalRecord> records) {
    this.mounted = mounted;
    this.mount = mount;
    this.path = target.path();
    this.body = target.body();
    this.subtree = recursive && body.getKind() == InodeKind.DIRECTORY;
    this.unchecked = unchecked;
    this.records = List.copyOf(records);
  }

  @Override
  public long mountId() {
    return mount.mount().mountId();
  }

  @Override
  public Optional<OpenIntent.Builder> intent() {
    boolean directory = body.getKind() == InodeKind.DIRECTORY;
    return Optional.of(
        OpenIntent.newBuilder()
            .setMountId(mountId())
            .setKind((subtree ? IntentKind.DELETE_RECURSIVE : IntentKind.DELETE).name())
            .addPaths(path.toString())
            .addStorePaths(mount.relativePath())
            .addBefore(StoreState.of(directory, body.getFingerprint()))
            .addAfter(StoreState.ABSENT));
  }

  @Override
  public Effect plannedEffect() {
    return new Effect(records, Done.newBuilder().setInodeId(body.getId()).setChanged(true).build());
  }

  @Override
  public Effect execute(StoreCall call) {
    FencedStore store = new FencedStore(mounted, mount.mount(), call);
    String storePath = mount.relativePath();
    try {
      if (subtree) {
        if (!unchecked) {
          refuseUnknown(store, storePath);
        }
        store.deleteRecursive(storePath);
      } else {
        store.delete(storePath, body.getFingerprint().isEmpty() ? null : body.getFingerprint());
      }
    } catch (UfsException e) {
      if (e.kind() != Kind.ABSENT) {
        throw store.failure(error(e));
      }
      // Somebody was faster, or the bytes of an incomplete file never came: it is gone, as asked.
    }
    return plannedEffect();
  }

  private void refuseUnknown(FencedStore store, String storePath) {
    SubtreeComparison.Result result =
        new SubtreeComparison(store, path.toString(), store.call().callerDeadlineNanos())
            .compare(storePath, body.getId());
    if (result.difference() != null) {
      throw FencedStore.outOfSync(
          "The subtree differs from its store ("
              + result.difference()
              + "); pass --unchecked to delete it all the same, or",
          path);
    }
  }

  private MetadataException error(UfsException e) {
    return switch (e.kind()) {
      case PRECONDITION ->
          new MetadataException(
              ErrorCode.INODE_CHANGED,
              "The store's entry has changed; run `cadastre fs load-metadata -F` on it: " + path);
      case NOT_EMPTY ->
          new MetadataException(
              ErrorCode.NOT_EMPTY,
              "The store's directory has entries that are not known here; run `cadastre fs load-metadata` on it: "
                  + path);
      default -> FencedStore.error(e);
    };
  }

  @Override
  public String toString() {
    return "delete " + path;
  }
}
