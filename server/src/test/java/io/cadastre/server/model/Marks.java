package io.cadastre.server.model;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.DirectoryRow;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.journal.store.SyncRow;
import io.cadastre.server.model.SyncModel.Depth;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the journal says of comparisons with the writable store while nothing is on its way, and the
 * rule that follows from it: where a change was given up half done, a read or change compares the
 * path first, whatever it asked for, until somebody has. Which mark gets into the journal depends
 * on threads (one that waits is lost with its leader), so marks are read; what follows from them is
 * not. Used by one thread.
 */
final class Marks {
  /** Nothing was given up, so that nothing is due by itself. */
  static final Marks NONE = new Marks();

  /** Time of a mark that says that something was loaded, not that it was compared. */
  private static final long LOADED_MILLIS = 1;

  /**
   * State indexes; 0: never.
   *
   * @param self when the entry was compared by itself
   * @param children when the directory was listed and compared
   * @param all when everything below was
   */
  private record Entry(long self, long children, long all, long invalidated, long reparented) {
    static final Entry NEW = new Entry(0, 0, 0, 0, 0);
  }

  private final Map<Inode, Entry> entries = new IdentityHashMap<>();

  /** Index of the last invalidation by directory. */
  private final Map<Long, Long> invalidated = new HashMap<>();

  private final Map<Long, String> paths = new HashMap<>();
  private boolean outstanding;

  private Marks() {}

  /** Reads all that a replica has of the entries of a mount. */
  static Marks read(AppliedView view, Namespace namespace, String mountPoint) {
    Marks marks = new Marks();
    byte[] key = KeyLayout.child(InodeRow.ROOT_ID, Paths.name(mountPoint));
    marks.entry(view, namespace.find(mountPoint), mountPoint, view.get(Family.CHILDREN, key));
    return marks;
  }

  private void entry(AppliedView view, Inode node, String path, byte[] row) {
    long self = InodeRow.syncedMillis(row) > LOADED_MILLIS ? InodeRow.syncedIndex(row) : 0;
    if (!InodeRow.isDirectory(row)) {
      put(node, new Entry(self, 0, 0, 0, 0));
      return;
    }
    long id = InodeRow.id(row);
    SyncRow sync = SyncRow.decode(view.get(Family.SYNC, KeyLayout.id(id)));
    long reparented =
        DirectoryRow.decode(view.get(Family.DIRECTORIES, KeyLayout.id(id))).reparentIndex();
    long children = sync.childrenMillis() > LOADED_MILLIS ? sync.childrenIndex() : 0;
    long all = sync.allMillis() > LOADED_MILLIS ? sync.allIndex() : 0;
    put(node, new Entry(self, children, all, sync.invalidatedIndex(), reparented));
    if (sync.invalidatedIndex() > 0) {
      invalidated.put(id, sync.invalidatedIndex());
      paths.put(id, path);
      outstanding |= all < sync.invalidatedIndex();
    }
    try (RowCursor rows =
        view.scan(Family.CHILDREN, KeyLayout.firstChild(id), KeyLayout.afterChildren(id))) {
      for (; rows.valid(); rows.next()) {
        String name = KeyLayout.nameOf(rows.key());
        Inode child = node == null || !node.directory ? null : node.children.get(name);
        entry(view, child, Paths.child(path, name), rows.value());
      }
    }
  }

  private void put(Inode node, Entry entry) {
    if (node != null) {
      entries.put(node, entry);
    }
  }

  /** Whether there may be anything that is due by itself. */
  boolean outstanding() {
    return outstanding;
  }

  /** The directories that were invalidated since the earlier ones were read. */
  Set<String> invalidatedSince(Marks earlier) {
    Set<String> since = new TreeSet<>();
    invalidated.forEach(
        (id, index) -> {
          if (index > earlier.invalidated.getOrDefault(id, 0L)) {
            since.add(paths.get(id));
          }
        });
    return since;
  }

  private Entry of(Inode node) {
    return entries.getOrDefault(node, Entry.NEW);
  }

  /**
   * Whether something at or above a path, in its mount, was invalidated after the newest comparison
   * that covers it: its own of that depth or more; of the path alone, also that of the directory it
   * lies in; one of everything below a directory above, unless one in between was renamed since.
   */
  boolean isDue(Namespace namespace, String path, Depth depth) {
    StoreModel store = namespace.storeOf(path);
    if (!outstanding || store == null) {
      return false;
    }
    long compared = 0;
    long invalid = 0;
    long reparented = 0;
    for (String at = path; Paths.isUnder(at, store.mountPoint); at = Paths.parent(at)) {
      Inode node = namespace.find(at);
      boolean target = at.equals(path);
      if (node == null) {
        continue;
      }
      if (!node.directory && !target) {
        return false;
      }
      Entry entry = of(node);
      if (target && depth == Depth.SELF) {
        compared = Math.max(compared, entry.self());
      }
      boolean parent = !target && at.equals(Paths.parent(path));
      if (target ? depth != Depth.ALL : parent && depth == Depth.SELF) {
        compared = Math.max(compared, entry.children());
      }
      if (entry.all() >= reparented) {
        compared = Math.max(compared, entry.all());
      }
      invalid = Math.max(invalid, entry.invalidated());
      reparented = Math.max(reparented, entry.reparented());
    }
    return invalid > compared;
  }

  /** A path was compared by itself just now; of what is not there, nothing is noted. */
  void comparedItself(Namespace namespace, String path) {
    Inode node = namespace.find(path);
    if (node != null && namespace.storeOf(path).find(path) != null) {
      Entry entry = of(node);
      entries.put(
          node,
          new Entry(
              Long.MAX_VALUE,
              entry.children(),
              entry.all(),
              entry.invalidated(),
              entry.reparented()));
    }
  }
}
