package io.cadastre.server.namespace;

import io.cadastre.core.api.proto.MountEntry;
import io.cadastre.core.api.proto.MountOption;
import io.cadastre.core.api.proto.MountTable;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.server.mount.SecretOptions;
import io.cadastre.ufs.spi.UfsLocation;

/** Turns the mount table into what callers get: secrets hidden. Stateless. */
final class MountReader {
  private MountReader() {}

  static MountTable table(AppliedView view) {
    MountTable.Builder table = MountTable.newBuilder();
    view.mounts().all().forEach(mount -> table.addMounts(entry(mount)));
    return table.build();
  }

  private static MountEntry entry(MountPoint mount) {
    MountEntry.Builder entry =
        MountEntry.newBuilder()
            .setPath(mount.path().toString())
            .setStoreUri(mount.storeUri())
            .setWritable(mount.writable())
            .setShared(mount.shared())
            .setMountId(mount.mountId())
            .setStoreType(UfsLocation.parse(mount.storeUri()).scheme())
            .setRootIdentity(mount.rootIdentity());
    if (mount.guarded()) {
      entry.setCondition("GUARDED: " + mount.guardReason());
    }
    mount
        .options()
        .forEach(
            option ->
                entry.addOptions(
                    MountOption.newBuilder()
                        .setName(option.name())
                        .setValue(
                            SecretOptions.isSecret(option.name())
                                ? SecretOptions.HIDDEN
                                : option.value())));
    return entry.build();
  }
}
