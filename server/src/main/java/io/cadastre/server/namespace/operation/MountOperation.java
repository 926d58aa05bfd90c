package io.cadastre.server.namespace.operation;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.Mount;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.mount.MountOption;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.mount.MountTable;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.journal.record.proto.PutMount;
import io.cadastre.journal.record.proto.StoreOption;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.mount.SecretOptions;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.Permissions;
import io.cadastre.server.transaction.Plan;
import io.cadastre.server.transaction.PlanContext;
import io.cadastre.server.transaction.Resolution;
import io.cadastre.server.transaction.StoreCall;
import io.cadastre.server.transaction.StoreChange;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hangs a store at a path: a new directory, or in place of one without entries, which gets another
 * inode id. Reads the store's root; never changes the store.
 */
public final class MountOperation implements Operation {
  /** Taken before any change of the mount table. */
  static final String LOCK = "mounts";

  private static final int MAX_OPTIONS = 100;

  private final NamespacePath path;
  private final Mount request;
  private final List<MountOption> options = new ArrayList<>();
  private final MountedFileSystems stores;

  public MountOperation(Mount request, MountedFileSystems stores) {
    this.path = NamespacePath.of(request.getPath());
    this.request = request;
    this.stores = stores;
    if (path.isRoot()) {
      throw MetadataException.invalid("path", "a store is mounted at a directory below the root");
    }
    UfsLocation.parse(request.getStoreUri());
    if (request.getOptionsCount() > MAX_OPTIONS) {
      throw MetadataException.invalid("options", "expected at most " + MAX_OPTIONS);
    }
    for (var option : request.getOptionsList()) {
      SecretOptions.check(option.getName(), option.getValue());
      options.add(new MountOption(option.getName(), option.getValue()));
    }
  }

  @Override
  public LockRequest locks(AppliedView view) {
    return LockRequest.forWrite(path).and(LockRequest.nameLock(LOCK));
  }

  @Override
  public Plan plan(PlanContext context) {
    Permissions.checkSuperuser(context.caller(), "mount a store");
    Resolution target = context.resolve(path);
    MountTable mounts = context.view().mounts();
    if (mounts.isMountPoint(path)) {
      throw new MetadataException(
          ErrorCode.ALREADY_EXISTS, "A store is mounted there already: " + path);
    }
    MountRules.holdsNoMount(mounts, path);
    target.parent();
    if (target.exists()
        && !(target.isDirectory() && DeleteOperation.isEmpty(context.view(), target.id()))) {
      throw new MetadataException(
          ErrorCode.NOT_EMPTY, "A store is mounted at a new path or an empty directory: " + path);
    }
    return new Plan.ThroughStore(new RootRead(context, target, mounts));
  }

  /** Looks at the store's root, then journals the mount with its identity. */
  private final class RootRead implements StoreChange {
    private final PlanContext context;
    private final Resolution target;
    private final MountTable mounts;

    RootRead(PlanContext context, Resolution target, MountTable mounts) {
      this.context = context;
      this.target = target;
      this.mounts = mounts;
    }

    @Override
    public Optional<OpenIntent.Builder> intent() {
      return Optional.empty();
    }

    @Override
    public Effect plannedEffect() {
      throw new IllegalStateException("a mount has no intent");
    }

    @Override
    public Effect execute(StoreCall call) {
      UfsLocation location = stores.canonical(request.getStoreUri());
      if (!request.getShared()) {
        checkIntersections(location);
      }
      StoreDeadline deadline = stores.deadline(call.callerDeadlineNanos());
      try (UnderFileSystem store = stores.openUnmounted(location.uri(), options)) {
        String identity = store.rootIdentity(deadline);
        StoreLookup root = store.status("", deadline);
        if (root instanceof StoreLookup.Present present) {
          if (!present.status().isDirectory()) {
            throw new MetadataException(
                ErrorCode.NOT_A_DIRECTORY,
                "The store's root is not a directory: " + location.uri());
          }
          return effect(location, identity, present.status());
        }
        if (root instanceof StoreLookup.Unknown unknown) {
          throw new MetadataException(
              ErrorCode.STORE_UNAVAILABLE, "The store's root cannot be read: " + unknown.reason());
        }
        throw new MetadataException(
            ErrorCode.NOT_FOUND, "There is nothing in the store at " + location.uri());
      } catch (UfsException e) {
        throw new MetadataException(
            e.kind().errorCode(), "The store cannot be mounted: " + e.getMessage());
      }
    }

    private void checkIntersections(UfsLocation location) {
      for (MountPoint mount : mounts.all()) {
        if (!mount.shared() && UfsLocation.parse(mount.storeUri()).intersects(location)) {
          throw new MetadataException(
                  ErrorCode.MOUNT_INTERSECTS,
                  "The store path intersects with that of another mount; pass --shared if that is"
                      + " meant")
              .with("store", location.uri())
              .with("mount", mount.path())
              .with("mounted", mount.storeUri());
        }
      }
    }

    private Effect effect(UfsLocation location, String identity, UfsStatus root) {
      long now = context.nowMillis();
      List<JournalRecord> records = new ArrayList<>();
      InodeBody.Builder body =
          target.exists()
              ? target.body().toBuilder()
              : InodeBody.newBuilder().setKind(InodeKind.DIRECTORY).setCreatedMillis(now);
      body.setId(context.ids().next())
          .setOwner(root.owner())
          .setGroup(root.group())
          .setMode(root.mode())
          .setFingerprint(root.fingerprint());
      if (target.exists()) {
        // Another inode in its place: no mark of what was there says anything of this store.
        records.add(Records.delete(target.parentId(), path.name(), target.id(), now));
      }
      records.add(
          Records.create(
              target.parentId(),
              path.name(),
              InodeRow.encode(root.mtimeMillis(), now, body.build()),
              now));
      long mountId = context.ids().next();
      PutMount.Builder mount =
          PutMount.newBuilder()
              .setMountId(mountId)
              .setPath(path.toString())
              .setStoreUri(location.uri())
              .setWritable(request.getWritable())
              .setShared(request.getShared())
              .setRootIdentity(identity)
              .setMountedMillis(now);
      options.forEach(
          option ->
              mount.addOptions(
                  StoreOption.newBuilder().setName(option.name()).setValue(option.value())));
      records.add(Records.of(mount.build()));
      // Mount ids come from the same sequence as inode ids.
      records.add(
          JournalRecord.newBuilder()
              .setReserveInodeIds(
                  io.cadastre.journal.record.proto.ReserveInodeIds.newBuilder()
                      .setNext(mountId + 1))
              .build());
      return new Effect(
          records, Done.newBuilder().setInodeId(body.getId()).setChanged(true).build());
    }
  }
}
