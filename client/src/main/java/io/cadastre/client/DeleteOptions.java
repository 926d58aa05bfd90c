package io.cadastre.client;

/**
 * How a path is deleted.
 *
 * @param recursive a directory with all below it
 * @param cadastreOnly forget it here and leave the store alone
 * @param unchecked do not compare a subtree with its store first
 * @param inodeId the inode that must be at the path, else INODE_CHANGED; 0: whichever is
 */
public record DeleteOptions(
    boolean recursive, boolean cadastreOnly, boolean unchecked, long inodeId) {
  public static final DeleteOptions DEFAULT = new DeleteOptions(false, false, false, 0);

  public DeleteOptions withRecursive(boolean newRecursive) {
    return new DeleteOptions(newRecursive, cadastreOnly, unchecked, inodeId);
  }

  public DeleteOptions withCadastreOnly(boolean newCadastreOnly) {
    return new DeleteOptions(recursive, newCadastreOnly, unchecked, inodeId);
  }

  public DeleteOptions withUnchecked(boolean newUnchecked) {
    return new DeleteOptions(recursive, cadastreOnly, newUnchecked, inodeId);
  }

  public DeleteOptions withInodeId(long newInodeId) {
    return new DeleteOptions(recursive, cadastreOnly, unchecked, newInodeId);
  }
}
