package io.cadastre.server.namespace.operation;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.mount.MountResolution;
import io.cadastre.core.mount.MountTable;
import io.cadastre.core.path.NamespacePath;
import java.util.Optional;

/** What mounts forbid. Stateless. */
final class MountRules {
  private MountRules() {}

  /**
   * The mount that a change of this path goes to, if any.
   *
   * @throws MetadataException READ_ONLY if that mount is not writable
   */
  static Optional<MountResolution> writable(MountTable mounts, NamespacePath path) {
    Optional<MountResolution> resolution = mounts.resolve(path);
    if (resolution.isPresent() && !resolution.get().mount().writable()) {
      MountPoint mount = resolution.get().mount();
      throw new MetadataException(
              ErrorCode.READ_ONLY,
              "The path lies in a read-only mount; make it writable with `cadastre fs update-mount --writable`")
          .with("path", path)
          .with("mount", mount.path());
    }
    return resolution;
  }

  /**
   * Refuses to move or remove a mount point, or a directory with one inside.
   *
   * @throws MetadataException MOUNT_INSIDE
   */
  static void holdsNoMount(MountTable mounts, NamespacePath path) {
    if (mounts.isMountPointOrAbove(path)) {
      throw new MetadataException(
              ErrorCode.MOUNT_INSIDE,
              "The path is a mount point or has one below it; unmount first")
          .with("path", path);
    }
  }
}
