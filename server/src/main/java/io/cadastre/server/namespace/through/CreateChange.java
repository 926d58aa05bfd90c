package io.cadastre.server.namespace.through;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.server.transaction.StoreCall;
import io.cadastre.server.transaction.StoreChange;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the missing directories above a path, and the directory itself unless the target is a file:
 * a file's bytes are its writer's business. If a directory in the chain is refused, those made
 * before it are taken back.
 */
final class CreateChange implements StoreChange {
  private static final Logger LOG = LoggerFactory.getLogger(CreateChange.class);

  private final MountedFileSystems mounted;
  private final MountResolution mount;
  private final NamespacePath path;
  private final NamespacePath topmost;
  private final boolean file;
  private final List<String> directories = new ArrayList<>();
  private final List<InodeBody> bodies = new ArrayList<>();
  private final List<JournalRecord> records;
  private final Set<Long> ownersDenied;
  private final long targetId;

  CreateChange(
      MountedFileSystems mounted,
      MountResolution mount,
      Resolution resolution,
      List<JournalRecord> parents,
      long parentId,
      InodeBody target,
      long nowMillis,
      Set<Long> ownersDenied) {
    this.mounted = mounted;
    this.mount = mount;
    this.path = resolution.path();
    this.file = target.getKind() != InodeKind.DIRECTORY;
    this.ownersDenied = ownersDenied;
    this.targetId = target.getId();
    int depth = path.depth() - parents.size();
    this.topmost = path.ancestor(depth);
    for (JournalRecord parent : parents) {
      directories.add(path.ancestor(depth++).relativeTo(mount.mount().path()));
      bodies.add(InodeRow.body(parent.getCreateInode().getRow().toByteArray()));
    }
    if (!file) {
      directories.add(mount.relativePath());
      bodies.add(target);
    }
    records = new ArrayList<>(parents);
    records.add(
        Records.create(
            parentId, path.name(), InodeRow.encode(nowMillis, nowMillis, target), nowMillis));
  }

  @Override
  public long mountId() {
    return mount.mount().mountId();
  }

  @Override
  public Optional<OpenIntent.Builder> intent() {
    if (directories.isEmpty()) {
      return Optional.empty();
    }
    OpenIntent.Builder intent =
        OpenIntent.newBuilder()
            .setMountId(mountId())
            .setKind(IntentKind.MKDIR.name())
            .addPaths(topmost.toString())
            .addAllStorePaths(directories);
    for (int i = 0; i < directories.size(); i++) {
      intent.addBefore(StoreState.ABSENT).addAfter(StoreState.DIRECTORY);
    }
    return Optional.of(intent);
  }

  @Override
  public Effect plannedEffect() {
    return new Effect(records, done());
  }

  private Done done() {
    Done.Builder done = Done.newBuilder().setInodeId(targetId).setChanged(true);
    if (file) {
      done.setStoreUri(mounted.of(mount.mount()).store().uriOf(mount.relativePath()));
    }
    return done.build();
  }

  @Override
  public Effect execute(StoreCall call) {
    FencedStore store = new FencedStore(mounted, mount.mount(), call);
    DirectoryMaker maker = new DirectoryMaker(store, mountId(), ownersDenied);
    Map<Long, UfsStatus> statuses = new HashMap<>();
    if (directories.isEmpty()) {
      checkNothingThere(store);
    }
    for (int i = 0; i < directories.size(); i++) {
      try {
        statuses.put(bodies.get(i).getId(), maker.make(directories.get(i), bodies.get(i)));
      } catch (UfsException e) {
        takeBack(store, i);
        throw store.failure(
            e.kind() == Kind.EXISTS
                ? FencedStore.unknownToNamespace(path)
                : e.kind() == Kind.ABSENT
                    ? FencedStore.outOfSync("The directory above is gone from the store", path)
                    : FencedStore.error(e));
      }
    }
    return new Effect(
        StoreRows.refreshed(records, statuses, store.raw().supportsOwnership()), done());
  }

  private void checkNothingThere(FencedStore store) {
    StoreLookup there = store.status(mount.relativePath());
    if (there instanceof StoreLookup.Present) {
      throw FencedStore.unknownToNamespace(path);
    }
    if (there instanceof StoreLookup.Unknown unknown) {
      throw FencedStore.unreadable(unknown);
    }
  }

  /** Removes what was made, deepest first; what cannot be removed is left for the settler. */
  private void takeBack(FencedStore store, int made) {
    try {
      for (int i = made - 1; i >= 0; i--) {
        store.delete(directories.get(i), null);
      }
      store.takenBack();
    } catch (UfsException e) {
      LOG.info("A directory made for {} could not be taken back: {}", path, e.getMessage());
    }
  }

  @Override
  public String toString() {
    return "create " + path;
  }
}
