package io.cadastre.server.namespace.through;

import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.Set;

/**
 * Makes directories in a store with the owner, group and mode that they have here. A store may not
 * let this process make directories of others; then they are its own.
 */
final class DirectoryMaker {
  private final FencedStore store;
  private final long mountId;
  private final Set<Long> ownersDenied;

  /**
   * @param ownersDenied mounts whose store is known to refuse owners; added to. Thread-safe if it
   *     is shared
   */
  DirectoryMaker(FencedStore store, long mountId, Set<Long> ownersDenied) {
    this.store = store;
    this.mountId = mountId;
    this.ownersDenied = ownersDenied;
  }

  UfsStatus make(String directory, InodeBody body) {
    if (!store.raw().supportsOwnership()) {
      return store.createDirectory(directory, UfsAttributes.NONE);
    }
    UfsAttributes own = UfsAttributes.NONE.withMode(body.getMode());
    if (ownersDenied.contains(mountId)) {
      return store.createDirectory(directory, own);
    }
    try {
      return store.createDirectory(
          directory, own.withOwner(body.getOwner()).withGroup(body.getGroup()));
    } catch (UfsException e) {
      if (e.kind() != Kind.DENIED && e.kind() != Kind.REFUSED) {
        throw e;
      }
      UfsStatus made = store.createDirectory(directory, own);
      if (e.kind() == Kind.DENIED) {
        ownersDenied.add(mountId);
      }
      return made;
    }
  }
}
