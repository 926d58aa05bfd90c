package io.cadastre.server.sync;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.PathResolver;
import io.cadastre.server.transaction.Resolution;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/** Walks over entries below a directory: counts them, looks for incomplete files. */
final class EntryCounter {
  private EntryCounter() {}

  /** Entries below a directory, itself not counted; stops at the limit. */
  static long below(AppliedView view, long directoryId, long limit) {
    return below(view, directoryId, limit, Set.of());
  }

  private static long below(AppliedView view, long directoryId, long limit, Set<Long> without) {
    long count = 0;
    ArrayDeque<Long> pending = new ArrayDeque<>();
    pending.add(directoryId);
    while (!pending.isEmpty() && count < limit) {
      long id = pending.removeLast();
      try (RowCursor rows = view.children(id)) {
        for (; rows.valid() && count < limit; rows.next()) {
          byte[] row = rows.value();
          if (!InodeRow.isDirectory(row)) {
            count++;
          } else if (!without.contains(InodeRow.id(row))) {
            count++;
            pending.add(InodeRow.id(row));
          }
        }
      }
    }
    return count;
  }

  /** Directories below a directory, itself counted; 0 if it takes more than so many rows. */
  static long directories(AppliedView view, long directoryId, long mostRows) {
    long rows = 0;
    long count = 0;
    ArrayDeque<Long> pending = new ArrayDeque<>();
    pending.add(directoryId);
    while (!pending.isEmpty()) {
      long id = pending.removeLast();
      count++;
      try (RowCursor cursor = view.children(id)) {
        for (; cursor.valid(); cursor.next()) {
          if (++rows > mostRows) {
            return 0;
          }
          byte[] row = cursor.value();
          if (InodeRow.isDirectory(row)) {
            pending.add(InodeRow.id(row));
          }
        }
      }
    }
    return count;
  }

  /**
   * Whether a directory that would be taken away stays, with all it holds, for a file in it that is
   * still being written: the bytes may be on their way. Asked under the directory's lock, so that
   * no such file comes meanwhile.
   */
  static boolean staysForIncomplete(AppliedView view, SyncDecision decision, byte[] row) {
    return decision.removes()
        && InodeRow.isDirectory(row)
        && holdsIncomplete(view, InodeRow.id(row));
  }

  private static boolean holdsIncomplete(AppliedView view, long directoryId) {
    ArrayDeque<Long> pending = new ArrayDeque<>();
    pending.add(directoryId);
    while (!pending.isEmpty()) {
      long id = pending.removeLast();
      try (RowCursor rows = view.children(id)) {
        for (; rows.valid(); rows.next()) {
          byte[] row = rows.value();
          if (InodeRow.isDirectory(row)) {
            pending.add(InodeRow.id(row));
          } else if (InodeRow.body(row).getIncomplete()) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Entries of a mount, without those of mounts in it; 0 if its mount point is not there. */
  static long ofMount(
      AppliedView view, PathResolver resolver, Caller caller, NamespacePath mountPath) {
    Resolution mount = resolver.resolve(view, mountPath, caller);
    if (!mount.isDirectory()) {
      return 0;
    }
    Set<Long> nested = new HashSet<>();
    for (MountPoint below : view.mounts().mountsBelow(mountPath)) {
      Resolution point = resolver.resolve(view, below.path(), caller);
      if (point.isDirectory()) {
        nested.add(point.id());
      }
    }
    return below(view, mount.id(), Long.MAX_VALUE, nested);
  }

  /** Whether a directory has an entry that its store should have. */
  static boolean expectsAny(AppliedView view, NamespacePath path, long directoryId) {
    try (RowCursor rows = view.children(directoryId)) {
      for (; rows.valid(); rows.next()) {
        String name = KeyLayout.nameOf(rows.key());
        NamespacePath entry = path.child(name);
        boolean mount = view.mounts().isMountPointOrAbove(entry);
        if (Decider.onlyInNamespace(name, rows.value(), mount).isPresent()) {
          return true;
        }
      }
    }
    return false;
  }
}
