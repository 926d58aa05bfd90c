package io.cadastre.server.sync;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.PutSyncMark;
import io.cadastre.journal.store.DirectoryRow;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.SyncRow;
import io.cadastre.server.transaction.Resolution;

/**
 * When a path was last compared with its store, from journaled marks and those still waiting. A
 * request at some depth is covered by the newest of: the path's own mark of that depth or more; for
 * SELF, the parent's mark of CHILDREN or more; an ancestor's ALL mark, unless a directory in
 * between got a new parent since. Marks do not reach across mounts.
 *
 * <p>An invalidation of a directory says that the store may differ there and anywhere below, as
 * after a change that was given up half done. It breaks every mark older than itself, and asks for
 * a comparison whatever the interval is.
 */
final class Freshness {
  /** Time of a mark that notes only that something was loaded: no interval takes it for fresh. */
  static final long LOADED_MILLIS = 1;

  /** Never compared. */
  static final Covering NEVER = new Covering(0, 0, false, "it was never compared with its store");

  /**
   * The newest mark that covers a request; index 0 if there is none.
   *
   * @param invalidated whether it was said since the last comparison that the store may differ
   */
  record Covering(long millis, long index, boolean invalidated, String why) {
    Covering(long millis, long index, String why) {
      this(millis, index, false, why);
    }

    boolean exists() {
      return index > 0;
    }

    /** Whether something was compared, and not only loaded. */
    boolean isComparison() {
      return exists() && millis > LOADED_MILLIS;
    }

    /** The newer of both; a comparison covers more than a load, however much later that was. */
    Covering newer(Covering other) {
      if (isComparison() != other.isComparison()) {
        return isComparison() ? this : other;
      }
      return other.index > index || (other.index == index && other.millis > millis) ? other : this;
    }
  }

  private Freshness() {}

  /**
   * The newest mark that covers this request.
   *
   * @param mountPoint where the path's mount hangs; marks above it do not count
   * @param marks may be null on a replica that does not lead
   */
  static Covering covering(
      AppliedView view,
      MarkBuffer marks,
      Resolution target,
      NamespacePath mountPoint,
      SyncDepth depth) {
    Covering best = NEVER;
    long reparented = 0;
    long invalidated = 0;
    NamespacePath path = target.path();
    if (target.exists()) {
      if (depth == SyncDepth.SELF) {
        best = best.newer(self(target, marks));
      }
      if (target.isDirectory()) {
        SyncRow row = row(view, target.id());
        best = best.newer(own(row, marks, target.id(), depth, path));
        invalidated = row.invalidatedIndex();
        reparented = reparented(view, target.id());
      }
    }
    // From the directory above upwards, while still inside the mount.
    for (int i = target.directories().size() - 1; i >= mountPoint.depth(); i--) {
      long id = target.directories().get(i).id();
      NamespacePath ancestor = path.ancestor(i);
      SyncRow row = row(view, id);
      invalidated = Math.max(invalidated, row.invalidatedIndex());
      boolean parent = i == path.depth() - 1;
      if (parent && depth == SyncDepth.SELF) {
        best = best.newer(children(row, marks, id, "children of " + ancestor));
      }
      best =
          best.newer(unlessBroken(all(row, marks, id, "everything below " + ancestor), reparented));
      reparented = Math.max(reparented, reparented(view, id));
    }
    return afterInvalidation(best, invalidated);
  }

  /** A mark counts only if nothing was invalidated since. */
  private static Covering afterInvalidation(Covering best, long invalidated) {
    Covering left = unlessBroken(best, invalidated);
    return invalidated == 0 || left.isComparison()
        ? left
        : new Covering(
            left.millis(), left.index(), true, "a change of the store was given up half done");
  }

  private static Covering self(Resolution target, MarkBuffer marks) {
    Covering own =
        new Covering(
            InodeRow.syncedMillis(target.row()),
            InodeRow.syncedIndex(target.row()),
            "the path itself");
    return newer(own, marks, target.id(), PutSyncMark.Depth.SELF);
  }

  private static Covering own(
      SyncRow row, MarkBuffer marks, long id, SyncDepth depth, NamespacePath path) {
    Covering best = all(row, marks, id, "everything below " + path);
    return depth == SyncDepth.ALL
        ? best
        : best.newer(children(row, marks, id, "children of " + path));
  }

  private static Covering children(SyncRow row, MarkBuffer marks, long id, String why) {
    return newer(
        new Covering(row.childrenMillis(), row.childrenIndex(), why),
        marks,
        id,
        PutSyncMark.Depth.CHILDREN);
  }

  private static Covering all(SyncRow row, MarkBuffer marks, long id, String why) {
    return newer(
        new Covering(row.allMillis(), row.allIndex(), why), marks, id, PutSyncMark.Depth.ALL);
  }

  private static Covering newer(
      Covering journaled, MarkBuffer marks, long id, PutSyncMark.Depth depth) {
    MarkBuffer.Mark waiting = marks == null ? null : marks.find(id, depth);
    return waiting == null
        ? journaled
        : journaled.newer(new Covering(waiting.millis(), waiting.index(), journaled.why()));
  }

  private static Covering unlessBroken(Covering mark, long broken) {
    return mark.exists() && mark.index() >= broken ? mark : NEVER;
  }

  private static SyncRow row(AppliedView view, long id) {
    return SyncRow.decode(view.get(Family.SYNC, KeyLayout.id(id)));
  }

  private static long reparented(AppliedView view, long id) {
    byte[] row = view.get(Family.DIRECTORIES, KeyLayout.id(id));
    return row == null ? Long.MAX_VALUE : DirectoryRow.decode(row).reparentIndex();
  }
}
