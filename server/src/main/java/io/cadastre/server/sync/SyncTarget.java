package io.cadastre.server.sync;

import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.UnderFileSystem;

/** A path in a mount, and where that is in the store. */
record SyncTarget(MountPoint mount, UnderFileSystem store, NamespacePath path) {
  /** The path in the store, relative to the mount's root; empty for the root. */
  String storePath() {
    return path.relativeTo(mount.path());
  }

  SyncTarget at(NamespacePath other) {
    return new SyncTarget(mount, store, other);
  }

  boolean isRoot() {
    return path.equals(mount.path());
  }
}
