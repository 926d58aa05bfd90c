package io.cadastre.core.mount;

/**
 * Where a path lies in a store.
 *
 * @param mount the mount it belongs to
 * @param relativePath what of the path lies below the mount point, without a leading slash; empty
 *     for the mount point itself
 */
public record MountResolution(MountPoint mount, String relativePath) {
  public boolean isMountPoint() {
    return relativePath.isEmpty();
  }
}
