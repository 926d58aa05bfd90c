package io.cadastre.server.model;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.DirectoryRow;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.journal.store.SyncRow;
import io.cadastre.server.model.SyncModel.Depth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the journal says of comparisons with the stores while nothing is on its way, and the rule
 * that follows from it: where a change was given up half done, a read or change compares the path
 * first, whatever it asked for, until somebody has. Which mark gets into the journal depends on
 * threads (one that waits is lost with its leader), so marks are read; what follows from them is
 * not. Used by one thread.
 *
 * <p>Who asks for everything below a path cannot tell where below it something was invalidated, so
 * that the newest invalidation of all mounts counts: it stays for ever.
 */
final class Marks {
  /** Nothing was given up, so that nothing is due by itself. */
  static final Marks NONE = new Marks(0);

  /** Time of a mark that says that something was loaded, not that it was compared. */
  private static final long LOADED_MILLIS = 1;

  /**
   * When something was compared or loaded.
   *
   * @param index state index; 0: never
   */
  private record Mark(long millis, long index) {
    static final Mark NEVER = new Mark(0, 0);
    static final Mark NOW = new Mark(Long.MAX_VALUE, Long.MAX_VALUE);

    boolean exists() {
      return index > 0;
    }

    boolean isComparison() {
      return exists() && millis > LOADED_MILLIS;
    }
  }

  /**
   * What is noted of an inode.
   *
   * @param self when the entry was compared by itself
   * @param children when the directory was listed
   * @param all when everything below was
   * @param invalidated state index; 0: never
   * @param reparented state index; 0: never
   */
  private record Entry(Mark self, Mark children, Mark all, long invalidated, long reparented) {
    static final Entry NEW = new Entry(Mark.NEVER, Mark.NEVER, Mark.NEVER, 0, 0);
  }

  /**
   * What counts for a request.
   *
   * @param marks that cover it
   * @param invalidated the newest invalidation of its path or above it
   */
  private record Covering(List<Mark> marks, long invalidated) {
    boolean isCompared(long since) {
      return marks.stream().anyMatch(mark -> mark.isComparison() && mark.index() >= since);
    }

    boolean isKnown() {
      return marks.stream().anyMatch(Mark::exists);
    }
  }

  private final Map<Inode, Entry> entries = new IdentityHashMap<>();

  /** Index of the last invalidation by directory. */
  private final Map<Long, Long> invalidated = new HashMap<>();

  private final Map<Long, String> paths = new HashMap<>();

  /** State index of the last invalidation of any directory; 0: there was none. */
  private final long newestInvalidation;

  private Marks(long newestInvalidation) {
    this.newestInvalidation = newestInvalidation;
  }

  /** Reads all that a replica has of the entries of mounts, if it matters. */
  static Marks read(AppliedView view, Namespace namespace) {
    Marks marks = new Marks(view.invalidatedIndex());
    if (marks.matter()) {
      for (String mountPoint : namespace.stores.keySet()) {
        byte[] key = KeyLayout.child(InodeRow.ROOT_ID, Paths.name(mountPoint));
        byte[] row = view.get(Family.CHILDREN, key);
        marks.entry(view, namespace.find(mountPoint), mountPoint, row);
      }
    }
    return marks;
  }

  private void entry(AppliedView view, Inode node, String path, byte[] row) {
    Mark self = new Mark(InodeRow.syncedMillis(row), InodeRow.syncedIndex(row));
    if (!InodeRow.isDirectory(row)) {
      put(node, new Entry(self, Mark.NEVER, Mark.NEVER, 0, 0));
      return;
    }
    long id = InodeRow.id(row);
    SyncRow sync = SyncRow.decode(view.get(Family.SYNC, KeyLayout.id(id)));
    long reparented =
        DirectoryRow.decode(view.get(Family.DIRECTORIES, KeyLayout.id(id))).reparentIndex();
    Mark children = new Mark(sync.childrenMillis(), sync.childrenIndex());
    Mark all = new Mark(sync.allMillis(), sync.allIndex());
    put(node, new Entry(self, children, all, sync.invalidatedIndex(), reparented));
    if (sync.invalidatedIndex() > 0) {
      invalidated.put(id, sync.invalidatedIndex());
      paths.put(id, path);
    }
    try (RowCursor rows = view.children(id)) {
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

  /** Whether anything was ever given up, so that something may be due by itself. */
  boolean matter() {
    return newestInvalidation > 0;
  }

  /**
   * The directories that were invalidated since the earlier ones were read.
   *
   * @param except ids of directories that do not count
   */
  Set<String> invalidatedSince(Marks earlier, Set<Long> except) {
    Set<String> since = new TreeSet<>();
    invalidated.forEach(
        (id, index) -> {
          if (index > earlier.invalidated.getOrDefault(id, 0L) && !except.contains(id)) {
            since.add(paths.get(id));
          }
        });
    return since;
  }

  /**
   * Whether a request is due whatever it asks for: something at or above its path, in its mount,
   * was invalidated after the newest comparison that covers it. If it is about everything below,
   * what was invalidated may lie there; that counts once all of it was compared or loaded.
   */
  boolean isDue(Namespace namespace, String path, Depth depth) {
    if (!matter() || namespace.storeOf(path) == null) {
      return false;
    }
    Covering covering = covering(namespace, path, depth);
    if (covering == null) {
      return false;
    }
    long below = depth == Depth.ALL ? newestInvalidation : 0;
    return !covering.isCompared(Math.max(covering.invalidated(), below))
        && (covering.invalidated() > 0 || (below > 0 && covering.isKnown()));
  }

  /**
   * Whether a comparison of all above a directory need not list it: somebody has, and it stands.
   */
  boolean isListed(Namespace namespace, String path) {
    Covering covering = covering(namespace, path, Depth.CHILDREN);
    return covering != null
        && (covering.invalidated() > 0
            ? covering.isCompared(covering.invalidated())
            : covering.isKnown());
  }

  /**
   * A request is covered by the path's own mark of that depth or more; of the path alone, also by
   * the listing of the directory it lies in; by one of everything below a directory above, unless
   * one in between was renamed since, or what is asked for is a directory that nobody has listed
   * since it came. Null if a file is in the way.
   */
  private Covering covering(Namespace namespace, String path, Depth depth) {
    List<Mark> marks = new ArrayList<>();
    long invalid = 0;
    long reparented = 0;
    boolean listed = true;
    String mountPoint = namespace.storeOf(path).mountPoint;
    for (String at = path; Paths.isUnder(at, mountPoint); at = Paths.parent(at)) {
      Inode node = namespace.find(at);
      boolean target = at.equals(path);
      if (node == null) {
        continue;
      }
      if (!node.directory && !target) {
        return null;
      }
      Entry entry = entries.getOrDefault(node, Entry.NEW);
      if (target && depth == Depth.SELF) {
        marks.add(entry.self());
      }
      boolean parent = !target && at.equals(Paths.parent(path));
      if (target ? depth != Depth.ALL : parent && depth == Depth.SELF) {
        marks.add(entry.children());
      }
      if (target || (listed && entry.all().index() >= reparented)) {
        marks.add(entry.all());
      }
      if (target && node.directory) {
        listed = depth == Depth.SELF || entry.children().exists();
      }
      invalid = Math.max(invalid, entry.invalidated());
      reparented = Math.max(reparented, entry.reparented());
    }
    return new Covering(marks, invalid);
  }

  /** A path was compared by itself just now; of what is not there, nothing is noted. */
  void comparedItself(Namespace namespace, String path) {
    Inode node = namespace.find(path);
    if (node != null && namespace.storeOf(path).find(path) != null) {
      Entry entry = entries.getOrDefault(node, Entry.NEW);
      entries.put(
          node,
          new Entry(
              Mark.NOW, entry.children(), entry.all(), entry.invalidated(), entry.reparented()));
    }
  }
}
