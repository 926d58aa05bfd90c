package io.cadastre.server.transaction;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.server.cache.DirectoryCache;
import io.cadastre.server.cache.DirectoryEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks a path down through one view, checking that the caller may pass each directory. Directories
 * come from the cache, the target's row from the store. Thread-safe.
 */
public final class PathResolver {
  private final DirectoryCache cache;

  public PathResolver(DirectoryCache cache) {
    this.cache = cache;
  }

  /**
   * Resolves a path.
   *
   * @return with a null row if the target or a directory above it is missing
   * @throws MetadataException NOT_A_DIRECTORY if a component above the target is something else;
   *     PERMISSION_DENIED if the caller may not pass a directory
   */
  public Resolution resolve(AppliedView view, NamespacePath path, Caller caller) {
    List<DirectoryEntry> directories = new ArrayList<>(path.depth() + 1);
    if (path.isRoot()) {
      return new Resolution(
          path, List.of(), view.get(Family.CHILDREN, KeyLayout.child(InodeRow.ROOT_PARENT_ID, "")));
    }
    DirectoryEntry directory = directory(view, InodeRow.ROOT_PARENT_ID, "", path, 0);
    if (directory == null) {
      throw new MetadataException(
          ErrorCode.UNAVAILABLE, "The cluster has no root yet; it is being initialised");
    }
    int last = path.depth() - 1;
    for (int i = 0; ; i++) {
      directories.add(directory);
      if (!caller.superuser()) {
        Permissions.check(
            caller,
            path.ancestor(i),
            directory.owner(),
            directory.group(),
            directory.mode(),
            Permissions.EXECUTE);
      }
      if (i == last) {
        return new Resolution(
            path,
            directories,
            view.get(Family.CHILDREN, KeyLayout.child(directory.id(), path.component(last))));
      }
      DirectoryEntry next = directory(view, directory.id(), path.component(i), path, i + 1);
      if (next == null) {
        return new Resolution(path, directories, null);
      }
      directory = next;
    }
  }

  private DirectoryEntry directory(
      AppliedView view, long parentId, String name, NamespacePath path, int depth) {
    DirectoryEntry cached = cache.get(parentId, name, view.stateIndex());
    if (cached != null) {
      return cached;
    }
    byte[] row = view.get(Family.CHILDREN, KeyLayout.child(parentId, name));
    if (row == null) {
      return null;
    }
    InodeBody body = InodeRow.body(row);
    if (body.getKind() != InodeKind.DIRECTORY) {
      throw new MetadataException(
          ErrorCode.NOT_A_DIRECTORY, "Not a directory: " + path.ancestor(depth));
    }
    DirectoryEntry read =
        new DirectoryEntry(
            body.getId(),
            body.getMode(),
            body.getOwner().intern(),
            body.getGroup().intern(),
            (byte) 0,
            view.stateIndex());
    cache.put(parentId, name, read);
    return read;
  }
}
