package io.cadastre.server.namespace.through;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.namespace.operation.StoreAccess.RenameRecords;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.server.transaction.StoreCall;
import io.cadastre.server.transaction.StoreChange;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Renames within one store. Stores replace nothing, so what is at the destination is deleted first,
 * under the same intent: between the two requests the store has nothing at the destination, and a
 * master that dies there leaves it to the settler to go on with the rename.
 */
final class RenameChange implements StoreChange {
  private final MountedFileSystems mounted;
  private final MountResolution from;
  private final MountResolution to;
  private final NamespacePath source;
  private final NamespacePath destination;
  private final InodeBody body;
  private final InodeBody replaced;
  private final List<JournalRecord> records;

  RenameChange(
      MountedFileSystems mounted,
      MountResolution from,
      MountResolution to,
      Resolution source,
      Resolution destination,
      RenameRecords records,
      long nowMillis) {
    this.mounted = mounted;
    this.from = from;
    this.to = to;
    this.source = source.path();
    this.destination = destination.path();
    this.body = source.body();
    this.replaced = destination.exists() ? destination.body() : null;
    this.records =
        records.withRow(
            InodeRow.withBody(source.row(), InodeRow.mtimeMillis(source.row()), nowMillis, body));
  }

  @Override
  public long mountId() {
    return from.mount().mountId();
  }

  @Override
  public Optional<OpenIntent.Builder> intent() {
    String moved = state(body);
    return Optional.of(
        OpenIntent.newBuilder()
            .setMountId(mountId())
            .setKind(IntentKind.RENAME.name())
            .addPaths(source.toString())
            .addPaths(destination.toString())
            .addStorePaths(from.relativePath())
            .addStorePaths(to.relativePath())
            .addBefore(moved)
            .addBefore(replaced == null ? StoreState.ABSENT : state(replaced))
            .addAfter(StoreState.ABSENT)
            .addAfter(moved));
  }

  private static String state(InodeBody body) {
    return StoreState.of(body.getKind() == InodeKind.DIRECTORY, body.getFingerprint());
  }

  @Override
  public Effect plannedEffect() {
    return effect(Map.of(), false);
  }

  private Effect effect(Map<Long, UfsStatus> statuses, boolean owners) {
    return new Effect(
        StoreRows.refreshed(records, statuses, owners),
        Done.newBuilder().setInodeId(body.getId()).setChanged(true).build());
  }

  @Override
  public Effect execute(StoreCall call) {
    FencedStore store = new FencedStore(mounted, from.mount(), call);
    try {
      if (replaced != null) {
        checkSource(store);
        deleteReplaced(store);
      }
      UfsStatus moved =
          store.rename(from.relativePath(), to.relativePath(), StoreState.fingerprint(state(body)));
      return effect(Map.of(body.getId(), moved), store.raw().supportsOwnership());
    } catch (UfsException e) {
      if (e.kind() == Kind.ABSENT && body.getIncomplete() && nothingAtSource(store)) {
        // The bytes of an incomplete file never came: there is nothing to move in the store.
        return plannedEffect();
      }
      throw store.failure(error(e));
    }
  }

  /** So that nothing is deleted for a rename that would be refused anyway. */
  private void checkSource(FencedStore store) {
    StoreLookup there = store.status(from.relativePath());
    if (there instanceof StoreLookup.Unknown unknown) {
      throw FencedStore.unreadable(unknown);
    }
    if (there instanceof StoreLookup.Present present) {
      if (!StoreState.matches(state(body), present.status())) {
        throw changed(source);
      }
    } else if (!body.getIncomplete()) {
      throw gone(source);
    }
  }

  private void deleteReplaced(FencedStore store) {
    try {
      store.delete(to.relativePath(), StoreState.fingerprint(state(replaced)));
    } catch (UfsException e) {
      if (e.kind() == Kind.PRECONDITION || e.kind() == Kind.NOT_EMPTY) {
        throw changed(destination);
      }
      if (e.kind() != Kind.ABSENT) {
        throw e;
      }
    }
  }

  private boolean nothingAtSource(FencedStore store) {
    return store.status(from.relativePath()) instanceof StoreLookup.Absent
        && store.status(to.relativePath()) instanceof StoreLookup.Absent;
  }

  private MetadataException error(UfsException e) {
    return switch (e.kind()) {
      case ABSENT -> gone(source);
      case EXISTS -> FencedStore.unknownToNamespace(destination);
      case PRECONDITION -> changed(source);
      default -> FencedStore.error(e);
    };
  }

  private static MetadataException gone(NamespacePath path) {
    return FencedStore.outOfSync("The store does not have it any more", path);
  }

  private static MetadataException changed(NamespacePath path) {
    return new MetadataException(
        ErrorCode.INODE_CHANGED,
        "The store's entry has changed; run `cadastre fs load-metadata -F` on it: " + path);
  }

  @Override
  public String toString() {
    return "rename " + source + " to " + destination;
  }
}
