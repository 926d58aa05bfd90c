package io.cadastre.journal.tools;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.IoErrors;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.raft.LogSegments;
import io.cadastre.journal.raft.NodeIdentity;
import io.cadastre.journal.raft.StorageDirectory;
import io.cadastre.journal.raft.StorageLock;
import io.cadastre.journal.store.NativeLibrary;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The storage directory of a master that does not run, locked while a tool looks at it. */
final class StoppedStorage implements AutoCloseable {
  private static final StoreSettings SETTINGS = new StoreSettings(32 << 20, 8 << 20, 64 << 20);

  private final StorageDirectory directory;
  private final NodeIdentity identity;
  private final StorageLock lock;

  private StoppedStorage(StorageDirectory directory, NodeIdentity identity, StorageLock lock) {
    this.directory = directory;
    this.identity = identity;
    this.lock = lock;
  }

  /**
   * @throws MetadataException BUSY if a master runs on it, INVALID_ARGUMENT or CORRUPT if it has no
   *     identity
   */
  static StoppedStorage open(Path storage) {
    if (Files.isDirectory(storage)) {
      // Before the lock makes its file: the directory may be anybody's.
      NodeIdentity.read(storage);
    }
    StorageLock lock = StorageLock.acquire(storage);
    try {
      return new StoppedStorage(new StorageDirectory(storage), NodeIdentity.read(storage), lock);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  NodeIdentity identity() {
    return identity;
  }

  LogSegments log() {
    try {
      return LogSegments.of(directory.raft(), identity.clusterId());
    } catch (IOException e) {
      throw unlisted(e);
    }
  }

  private MetadataException unlisted(IOException e) {
    return new MetadataException(
            ErrorCode.CORRUPT, "The Raft log cannot be listed: " + IoErrors.text(e), e)
        .with("directory", directory.raft());
  }

  /**
   * @throws MetadataException CORRUPT if the log of another cluster is there
   */
  void requireNoForeignLog() {
    try {
      LogSegments.requireNoForeign(directory.raft(), identity.clusterId());
    } catch (IOException e) {
      throw unlisted(e);
    }
  }

  boolean hasStore() {
    return RocksInodeStore.isStore(directory.store());
  }

  /** The store, for reading only; close it. */
  RocksInodeStore openStore() {
    if (Files.isDirectory(directory.nativeLibraries())) {
      // As the master does: elsewhere programs may not be allowed to run.
      NativeLibrary.load(directory.nativeLibraries());
    }
    return RocksInodeStore.openReadOnly(directory.store(), SETTINGS);
  }

  @Override
  public void close() {
    lock.close();
  }
}
