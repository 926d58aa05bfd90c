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
import java.util.ArrayList;
import java.util.List;

/**
 * When a path was last compared with its store, from journaled marks and those still waiting. A
 * request at some depth is covered by the newest of: the path's own mark of that depth or more; for
 * SELF, the parent's mark of CHILDREN or more; an ancestor's ALL mark, unless a directory in
 * between got a new parent since, or the path is a directory that nobody has listed yet and thus
 * came later. Marks do not reach across mounts.
 *
 * <p>A mark's time says how old the comparison is; its index, that nothing that had happened by
 * then breaks it. Of those that are not broken the one with the latest time counts.
 *
 * <p>An invalidation of a directory says that the store may differ there and anywhere below, as
 * after a change that was given up half done. It breaks every mark older than itself, and asks for
 * a comparison whatever the interval is. It also breaks the ALL marks above, wherever it is: the
 * run that follows lists what is invalidated and skips the rest.
 */
final class Freshness {
  /** Time of a mark that notes only that something was loaded: no interval takes it for fresh. */
  static final long LOADED_MILLIS = 1;

  /** The earliest time of a comparison, as of one that rests on what was only loaded. */
  static final long OLDEST_MILLIS = LOADED_MILLIS + 1;

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

    /** When that was, in cluster time; 0 if it is not known or there was at most a load. */
    long comparedMillis() {
      return exists() && millis > OLDEST_MILLIS ? millis : 0;
    }

    /** Whether what is known was compared, and not only what is missing loaded. */
    boolean compared() {
      return exists() && millis >= OLDEST_MILLIS;
    }

    private Covering fresher(Covering other) {
      return other.millis > millis || (other.millis == millis && other.index > index)
          ? other
          : this;
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
    List<Covering> found = new ArrayList<>();
    long reparented = 0;
    long invalidated = 0;
    boolean listed = true;
    NamespacePath path = target.path();
    if (target.exists()) {
      if (depth == SyncDepth.SELF) {
        found.add(self(target, marks));
      }
      if (target.isDirectory()) {
        SyncRow row = row(view, target.id());
        Covering children = children(row, marks, target.id(), "children of " + path);
        if (depth != SyncDepth.ALL) {
          found.add(children);
        }
        found.add(all(row, marks, target.id(), "everything below " + path));
        listed = depth == SyncDepth.SELF || children.exists();
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
        found.add(children(row, marks, id, "children of " + ancestor));
      }
      Covering all = all(row, marks, id, "everything below " + ancestor);
      if (listed && all.index() >= reparented) {
        found.add(all);
      }
      reparented = Math.max(reparented, reparented(view, id));
    }
    return best(found, invalidated, depth == SyncDepth.ALL ? view.invalidatedIndex() : 0);
  }

  /**
   * The freshest that is not broken.
   *
   * @param invalidated the newest invalidation on the way to the path
   * @param invalidatedBelow the newest that may be below it
   */
  private static Covering best(List<Covering> found, long invalidated, long invalidatedBelow) {
    Covering sure = freshest(found, Math.max(invalidated, invalidatedBelow));
    if (sure.compared()) {
      return sure;
    }
    Covering left = freshest(found, invalidated);
    return invalidated > 0 || (invalidatedBelow > 0 && left.exists())
        ? new Covering(
            left.millis(), left.index(), true, "a change of the store was given up half done")
        : left;
  }

  private static Covering freshest(List<Covering> found, long broken) {
    Covering best = NEVER;
    for (Covering covering : found) {
      if (covering.exists() && covering.index() >= broken) {
        best = best.fresher(covering);
      }
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
    // As it will be once it is journaled.
    return waiting == null || waiting.index() < journaled.index()
        ? journaled
        : new Covering(waiting.millis(), waiting.index(), journaled.why());
  }

  private static SyncRow row(AppliedView view, long id) {
    return SyncRow.decode(view.get(Family.SYNC, KeyLayout.id(id)));
  }

  private static long reparented(AppliedView view, long id) {
    byte[] row = view.get(Family.DIRECTORIES, KeyLayout.id(id));
    return row == null ? Long.MAX_VALUE : DirectoryRow.decode(row).reparentIndex();
  }
}
