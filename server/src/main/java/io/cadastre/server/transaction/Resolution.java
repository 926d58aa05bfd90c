package io.cadastre.server.transaction;

import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.server.cache.DirectoryEntry;
import java.util.List;

/**
 * What a path leads to in one view.
 *
 * @param directories the directories found on the way, the root first, not the target itself
 * @param row the target's row, or null if there is nothing
 */
public record Resolution(NamespacePath path, List<DirectoryEntry> directories, byte[] row) {

  /** Whether something is at the path. */
  public boolean exists() {
    return row != null;
  }

  /** Whether every directory above the path is there. */
  public boolean parentExists() {
    return path.isRoot() || directories.size() == path.depth();
  }

  /**
   * The directory above.
   *
   * @throws MetadataException NOT_FOUND if it is missing
   */
  public DirectoryEntry parent() {
    if (!parentExists() || path.isRoot()) {
      throw MetadataException.notFound(path.isRoot() ? path : path.ancestor(directories.size()));
    }
    return directories.get(directories.size() - 1);
  }

  /**
   * Number of leading components that exist: 0 for only the root, the depth if the target exists.
   */
  public int existingDepth() {
    return row != null ? path.depth() : directories.size() - 1;
  }

  /** Id of the directory above the target; the super-root for the root. */
  public long parentId() {
    return path.isRoot() ? InodeRow.ROOT_PARENT_ID : parent().id();
  }

  /**
   * The target's row.
   *
   * @throws MetadataException NOT_FOUND, naming the path
   */
  public byte[] existing() {
    if (row == null) {
      throw MetadataException.notFound(path);
    }
    return row;
  }

  public boolean isDirectory() {
    return row != null && InodeRow.isDirectory(row);
  }

  public long id() {
    return InodeRow.id(existing());
  }

  public InodeBody body() {
    return InodeRow.body(existing());
  }
}
