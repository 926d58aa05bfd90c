package io.cadastre.server.namespace.operation;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.inode.proto.Xattr;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.server.transaction.PlanContext;
import java.util.Comparator;
import java.util.List;

/** Rows of inodes that operations make. Stateless. */
final class NewInode {
  static final int DIRECTORY_MODE = 0755;
  static final int FILE_MODE = 0644;

  private NewInode() {}

  /** The body of a new inode: owned by the caller, in the group of the directory above. */
  static InodeBody.Builder body(
      PlanContext context, InodeKind kind, int mode, String group, List<Xattr> xattrs) {
    return InodeBody.newBuilder()
        .setId(context.ids().next())
        .setKind(kind)
        .setMode(mode)
        .setOwner(context.caller().user())
        .setGroup(group)
        .setCreatedMillis(context.nowMillis())
        .addAllXattrs(xattrs);
  }

  static JournalRecord create(PlanContext context, long parentId, String name, InodeBody body) {
    long now = context.nowMillis();
    return Records.create(parentId, name, InodeRow.encode(now, now, body), now);
  }

  /**
   * Checks permission bits given by a user.
   *
   * @throws MetadataException INVALID_ARGUMENT
   */
  static int checkMode(int mode) {
    if (mode < 0 || mode > 07777) {
      throw MetadataException.invalid(
          "mode", "expected 0 to 7777 in octal, got " + Integer.toOctalString(mode));
    }
    return mode;
  }

  /**
   * Checks extended attributes given by a user, and sorts them.
   *
   * @throws MetadataException INVALID_ARGUMENT or TOO_LARGE
   */
  static List<Xattr> checkXattrs(List<Xattr> xattrs) {
    long bytes = 0;
    for (Xattr xattr : xattrs) {
      checkXattrName(xattr.getName());
      bytes += xattr.getName().length() + (long) xattr.getValue().size();
    }
    if (xattrs.size() > Xattrs.MAX_COUNT || bytes > Xattrs.MAX_BYTES) {
      throw new MetadataException(ErrorCode.TOO_LARGE, "Too many or too large extended attributes")
          .with("count_limit", Xattrs.MAX_COUNT)
          .with("bytes_limit", Xattrs.MAX_BYTES);
    }
    List<Xattr> sorted = xattrs.stream().sorted(Comparator.comparing(Xattr::getName)).toList();
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i).getName().equals(sorted.get(i - 1).getName())) {
        throw MetadataException.invalid("xattrs", "given twice: " + sorted.get(i).getName());
      }
    }
    return sorted;
  }

  static void checkXattrName(String name) {
    if (name.isEmpty() || name.length() > Xattrs.MAX_NAME || name.chars().anyMatch(c -> c < ' ')) {
      throw MetadataException.invalid(
          "xattr name", "expected 1 to " + Xattrs.MAX_NAME + " printable characters");
    }
  }
}
