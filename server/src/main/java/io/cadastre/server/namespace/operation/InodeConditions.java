package io.cadastre.server.namespace.operation;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;

/** Conditions that a request may set on the inode it changes. Stateless. */
final class InodeConditions {
  private InodeConditions() {}

  /**
   * @param wanted 0 for any
   * @throws MetadataException INODE_CHANGED
   */
  static void checkId(long wanted, long found, NamespacePath path) {
    if (wanted != 0 && wanted != found) {
      throw new MetadataException(
              ErrorCode.INODE_CHANGED, "Another inode is at the path by now: " + path)
          .with("wanted", wanted)
          .with("found", found);
    }
  }
}
