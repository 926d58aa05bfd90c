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
 * between got a new parent or an invalidation since. Marks do not reach across mounts.
 */
final class Freshness {
  /** Never compared. */
  static final Covering NEVER = new Covering(0, 0, "it was never compared with its store");

  /** The newest mark that covers a request; index 0 if there is none. */
  record Covering(long millis, long index, String why) {
    boolean exists() {
      return index > 0;
    }

    Covering newer(Covering other) {
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
    long newestBreak = 0;
    NamespacePath path = target.path();
    if (target.exists()) {
      if (depth == SyncDepth.SELF) {
        long changed = target.isDirectory() ? row(view, target.id()).invalidatedIndex() : 0;
        best = best.newer(unlessBroken(self(target, marks), changed, "the path itself"));
      }
      if (target.isDirectory()) {
        long id = target.id();
        SyncRow row = row(view, id);
        newestBreak = row.invalidatedIndex();
        best = best.newer(own(row, marks, id, depth, newestBreak, path));
        newestBreak = Math.max(newestBreak, reparented(view, id));
      }
    }
    // From the directory above upwards, while still inside the mount.
    for (int i = target.directories().size() - 1; i >= mountPoint.depth(); i--) {
      long id = target.directories().get(i).id();
      NamespacePath ancestor = path.ancestor(i);
      SyncRow row = row(view, id);
      newestBreak = Math.max(newestBreak, row.invalidatedIndex());
      boolean parent = i == path.depth() - 1;
      if (parent && depth == SyncDepth.SELF) {
        // An invalidated directory says that any of its entries may have changed.
        best = unlessBroken(best, row.invalidatedIndex(), best.why());
        best =
            best.newer(
                unlessBroken(children(row, marks, id), newestBreak, "children of " + ancestor));
      }
      best =
          best.newer(
              unlessBroken(all(row, marks, id), newestBreak, "everything below " + ancestor));
      newestBreak = Math.max(newestBreak, reparented(view, id));
    }
    return best;
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
      SyncRow row, MarkBuffer marks, long id, SyncDepth depth, long broken, NamespacePath path) {
    Covering best = unlessBroken(all(row, marks, id), broken, "everything below " + path);
    return depth == SyncDepth.ALL
        ? best
        : best.newer(unlessBroken(children(row, marks, id), broken, "children of " + path));
  }

  private static Covering children(SyncRow row, MarkBuffer marks, long id) {
    return newer(
        new Covering(row.childrenMillis(), row.childrenIndex(), ""),
        marks,
        id,
        PutSyncMark.Depth.CHILDREN);
  }

  private static Covering all(SyncRow row, MarkBuffer marks, long id) {
    return newer(
        new Covering(row.allMillis(), row.allIndex(), ""), marks, id, PutSyncMark.Depth.ALL);
  }

  private static Covering newer(
      Covering journaled, MarkBuffer marks, long id, PutSyncMark.Depth depth) {
    MarkBuffer.Mark waiting = marks == null ? null : marks.find(id, depth);
    return waiting == null
        ? journaled
        : journaled.newer(new Covering(waiting.millis(), waiting.index(), journaled.why()));
  }

  private static Covering unlessBroken(Covering mark, long broken, String why) {
    return mark.exists() && mark.index() >= broken
        ? new Covering(mark.millis(), mark.index(), why)
        : NEVER;
  }

  private static SyncRow row(AppliedView view, long id) {
    return SyncRow.decode(view.get(Family.SYNC, KeyLayout.id(id)));
  }

  private static long reparented(AppliedView view, long id) {
    byte[] row = view.get(Family.DIRECTORIES, KeyLayout.id(id));
    return row == null ? Long.MAX_VALUE : DirectoryRow.decode(row).reparentIndex();
  }
}
