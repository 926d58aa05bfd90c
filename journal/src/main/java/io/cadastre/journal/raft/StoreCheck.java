package io.cadastre.journal.raft;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StateKeys;

/** Whether this release may open a store, and whose it is; looked at before anything is applied. */
final class StoreCheck {
  private StoreCheck() {}

  /**
   * A new store is everybody's.
   *
   * @throws MetadataException UNSUPPORTED if a newer release wrote it, CORRUPT if it belongs to
   *     another cluster
   */
  static void check(RocksInodeStore store, String clusterId) {
    byte[] level = store.get(Family.STATE, StateKeys.FORMAT_LEVEL);
    if (level != null && KeyLayout.idOf(level) > FormatVersion.LEVEL) {
      throw new MetadataException(
              ErrorCode.UNSUPPORTED,
              "The inode store has a format level that this release does not know. Nothing was"
                  + " changed; start this master with the release that wrote it")
          .with("directory", store.directory())
          .with("level", KeyLayout.idOf(level))
          .with("known", FormatVersion.LEVEL);
    }
    byte[] cluster = store.get(Family.STATE, StateKeys.CLUSTER_ID);
    if (cluster != null && cluster.length > 0 && !KeyLayout.text(cluster).equals(clusterId)) {
      throw new MetadataException(
              ErrorCode.CORRUPT,
              "The inode store belongs to another cluster than the identity file says: files of two"
                  + " masters were mixed. Nothing was changed; put this master's own files back")
          .with("directory", store.directory())
          .with("store", KeyLayout.text(cluster))
          .with("identity", clusterId);
    }
  }
}
