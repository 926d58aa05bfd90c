package io.cadastre.server.namespace.operation;

import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.server.cache.DirectoryEntry;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.PathResolver;
import io.cadastre.server.transaction.Permissions;
import io.cadastre.server.transaction.PlanContext;
import io.cadastre.server.transaction.Resolution;
import java.util.ArrayList;
import java.util.List;

/**
 * The directories above a new inode: which lock covers making the missing ones, and the records
 * that make them. An operation with "make parents" locks the first missing component exclusively,
 * which covers everything below it.
 */
final class ParentDirectories {
  private ParentDirectories() {}

  /**
   * The path to lock exclusively for making `path`, and with `parents` whatever is missing above
   * it, as far as this view tells.
   */
  static NamespacePath lockedPath(
      PathResolver resolver, AppliedView view, NamespacePath path, boolean parents) {
    if (!parents || path.isRoot()) {
      return path;
    }
    Resolution resolution = resolver.resolve(view, path, Caller.system("internal"));
    return path.ancestor(Math.min(resolution.existingDepth() + 1, path.depth()));
  }

  /**
   * Whether the locks taken cover everything that has to be made: without `parents` that is the
   * path itself, whatever is missing above it.
   */
  static boolean covered(NamespacePath locked, Resolution resolution, boolean parents) {
    return !parents || resolution.existingDepth() + 1 >= locked.depth();
  }

  /**
   * What it takes to have the parent there: records, the parent's id, and its group for what is
   * made in it.
   */
  record Made(List<JournalRecord> records, long parentId, String group) {}

  /**
   * Records for the missing directories above the target.
   *
   * @throws MetadataException NOT_FOUND if something is missing and `parents` is false;
   *     PERMISSION_DENIED
   */
  static Made make(PlanContext context, Resolution resolution, boolean parents) {
    NamespacePath path = resolution.path();
    List<DirectoryEntry> there = resolution.directories();
    DirectoryEntry deepest = there.get(there.size() - 1);
    if (!resolution.parentExists() && !parents) {
      throw MetadataException.notFound(path.ancestor(there.size()));
    }
    Permissions.check(
        context.caller(),
        path.ancestor(there.size() - 1),
        deepest.owner(),
        deepest.group(),
        deepest.mode(),
        Permissions.WRITE | Permissions.EXECUTE);
    List<JournalRecord> records = new ArrayList<>();
    long parentId = deepest.id();
    for (int depth = there.size(); depth < path.depth(); depth++) {
      InodeBody directory =
          NewInode.body(
                  context, InodeKind.DIRECTORY, NewInode.DIRECTORY_MODE, deepest.group(), List.of())
              .build();
      records.add(NewInode.create(context, parentId, path.component(depth - 1), directory));
      parentId = directory.getId();
    }
    return new Made(records, parentId, deepest.group());
  }
}
