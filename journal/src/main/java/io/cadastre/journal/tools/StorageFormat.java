package io.cadastre.journal.tools;

import io.cadastre.journal.raft.NodeIdentity;
import io.cadastre.journal.raft.StorageLock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Prepares a storage directory for a master that does not run. */
public final class StorageFormat {
  private StorageFormat() {}

  /**
   * Makes an empty storage for a member of a cluster.
   *
   * @param wipe whether to destroy what the directory holds
   * @throws io.cadastre.core.error.MetadataException ALREADY_EXISTS if it holds anything and {@code
   *     wipe} is false, or something that is no part of a storage; BUSY if a master uses it;
   *     INVALID_ARGUMENT if the name is none
   */
  public static NodeIdentity format(Path storage, String nodeName, UUID clusterId, boolean wipe) {
    NodeIdentity.requireStorageOrNothing(storage);
    try {
      Files.createDirectories(storage);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make the storage directory " + storage, e);
    }
    StorageLock lock = StorageLock.acquire(storage);
    try {
      return NodeIdentity.format(storage, nodeName, clusterId, wipe);
    } finally {
      lock.close();
    }
  }
}
