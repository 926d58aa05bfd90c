package io.cadastre.server.sync;

import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.mount.MountTable;
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

  /**
   * How many of its directories are worked on at once: as many as are allowed, unless the store
   * costs nothing but processor time, which whoever waits for an answer needs too.
   *
   * @param onThisHost most of a store that is {@link UnderFileSystem#isOnThisHost on this host}
   */
  int atOnce(int allowed, int onThisHost) {
    return store.isOnThisHost() ? Math.min(allowed, Math.max(1, onThisHost)) : allowed;
  }

  boolean isRoot() {
    return path.equals(mount.path());
  }

  /** Whether the path belongs to this mount by that table: no other one hangs at or above it. */
  boolean isOn(MountTable mounts) {
    return mounts
        .resolve(path)
        .filter(found -> found.mount().mountId() == mount.mountId())
        .isPresent();
  }
}
