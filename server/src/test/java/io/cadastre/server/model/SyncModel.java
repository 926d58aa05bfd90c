package io.cadastre.server.model;

import io.cadastre.core.path.NamespacePath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What a sync must do to the namespace: the missing directories above a path and the path itself by
 * lookup, then directories breadth first, removals last and only if the store as a whole seemed to
 * be well. A directory with a file that is being written stays, with all it holds. Ids and extended
 * attributes of what stays are kept.
 */
final class SyncModel {
  /** How far a sync goes. */
  enum Depth {
    SELF,
    CHILDREN,
    ALL
  }

  private record Removal(Inode parent, String name, Inode node, Inode replacement) {}

  private final Namespace namespace;
  private final StoreModel store;
  private final boolean refresh;
  private final Step.Trouble trouble;
  private final String troubled;
  private final Predicate<String> skipped;
  private final List<Removal> removals = new ArrayList<>();

  private SyncModel(
      Namespace namespace,
      StoreModel store,
      boolean refresh,
      Step.Trouble trouble,
      String at,
      Predicate<String> skipped) {
    this.namespace = namespace;
    this.store = store;
    this.refresh = refresh;
    this.trouble = trouble;
    this.troubled = at;
    this.skipped = skipped;
  }

  /**
   * Syncs a path on a mount.
   *
   * @param refresh whether what is known is compared; else only what is missing is loaded
   * @param at where the trouble is
   */
  static void run(
      Namespace namespace,
      String path,
      Depth depth,
      boolean refresh,
      Step.Trouble trouble,
      String at) {
    StoreModel store = namespace.storeOf(path);
    if (trouble != Step.Trouble.GONE) {
      new SyncModel(namespace, store, refresh, trouble, at, directory -> false).run(path, depth);
    }
  }

  /**
   * Compares a path with its store, which is well.
   *
   * @param skipped of the directories at and below it, those that need not be listed if all are
   *     asked for
   */
  static void compare(Namespace namespace, String path, Depth depth, Predicate<String> skipped) {
    StoreModel store = namespace.storeOf(path);
    new SyncModel(namespace, store, true, Step.Trouble.NONE, "", skipped).run(path, depth);
  }

  /**
   * Directories that syncs of a mount leave although the store does not have them: each holds a
   * file that is being written. They go with the next sync once it holds none.
   */
  static List<String> held(Namespace namespace, String mountPoint) {
    List<String> held = new ArrayList<>();
    collectHeld(namespace.find(mountPoint), namespace.storeOf(mountPoint), mountPoint, held);
    return held;
  }

  private static void collectHeld(
      Inode directory, StoreModel store, String path, List<String> held) {
    if (!store.isDirectory(path)) {
      held.add(path);
      return;
    }
    directory.children.forEach(
        (name, child) -> {
          if (child.directory) {
            collectHeld(child, store, Paths.child(path, name), held);
          }
        });
  }

  private void run(String path, Depth depth) {
    boolean isDirectory = self(path);
    boolean trusted = true;
    if (isDirectory && depth != Depth.SELF) {
      trusted = directories(path, depth == Depth.ALL);
    }
    if (trusted) {
      for (Removal removal : removals) {
        if (removal.parent().children.get(removal.name()) == removal.node()
            && !removal.node().holdsIncomplete()) {
          removal.parent().children.remove(removal.name());
          if (removal.replacement() != null) {
            removal.parent().children.put(removal.name(), removal.replacement());
          }
          removal.parent().changeIndexKnown = false;
        }
      }
    }
  }

  /** Whether the store has the path, as a directory: of a file nothing below is looked at. */
  private boolean self(String path) {
    List<String> components = Paths.components(path);
    String at = store.mountPoint;
    boolean directory = true;
    for (int i = Paths.components(at).size(); i < components.size(); i++) {
      Inode parent = namespace.find(at);
      if (parent == null || !parent.directory) {
        return false;
      }
      String name = components.get(i);
      at = Paths.child(at, name);
      Inode known = parent.children.get(name);
      if (i < components.size() - 1 && known != null && known.directory) {
        continue;
      }
      Inode there = store.find(at);
      entry(parent, name, known, there);
      if (there == null && known == null) {
        namespace.absent.saidAbsent(parent, name);
      }
      if (there == null) {
        return false;
      }
      directory = there.directory;
    }
    return directory;
  }

  /** Compares one entry; what takes something away is put off. */
  private void entry(Inode parent, String name, Inode known, Inode there) {
    if (known == null) {
      if (there != null) {
        parent.children.put(name, created(there));
        parent.changeIndexKnown = false;
      }
    } else if (!refresh || known.incomplete) {
      return;
    } else if (there == null) {
      removals.add(new Removal(parent, name, known, null));
    } else if (known.directory && !there.directory) {
      removals.add(new Removal(parent, name, known, created(there)));
    } else if (there.directory && !known.directory) {
      // Only a file goes, so that nothing has to be held back.
      parent.children.put(name, created(there));
      parent.changeIndexKnown = false;
    } else if (known.directory || !isSame(known, there)) {
      // A directory's times are not modelled, so it may have been brought up to date or not.
      known.asIn(there);
      known.changeIndexKnown = false;
    }
  }

  private static boolean isSame(Inode known, Inode there) {
    return known.stamp == there.stamp
        && known.size == there.size
        && known.mtimeMillis == there.mtimeMillis
        && known.owner.equals(there.owner)
        && known.group.equals(there.group)
        && known.mode == there.mode;
  }

  private static Inode created(Inode there) {
    Inode created = new Inode(there.directory, there.owner, there.group, there.mode);
    created.asIn(there);
    return created;
  }

  /** Whether the store seemed to be well. */
  private boolean directories(String top, boolean recursive) {
    boolean trusted = true;
    Deque<String> queue = new ArrayDeque<>();
    queue.add(top);
    while (!queue.isEmpty()) {
      String path = queue.remove();
      Inode known = namespace.find(path);
      if (known == null || !known.directory) {
        continue;
      }
      if (recursive && skipped.test(path)) {
        known.children.forEach(
            (name, child) -> {
              if (child.directory) {
                queue.add(Paths.child(path, name));
              }
            });
        continue;
      }
      boolean here = path.equals(troubled);
      Inode there = store.find(path);
      if (there == null || !there.directory) {
        self(path);
      } else if (here && trouble == Step.Trouble.NOT_ANSWERING) {
        trusted = false;
      } else if (!here || trouble != Step.Trouble.REFUSED) {
        list(path, known, there, recursive ? queue : null);
      }
    }
    return trusted;
  }

  private void list(String path, Inode known, Inode there, Deque<String> queue) {
    int before = removals.size();
    boolean unreadable = false;
    TreeSet<String> names = new TreeSet<>(NamespacePath::compareNames);
    names.addAll(known.children.keySet());
    names.addAll(there.children.keySet());
    for (String name : names) {
      Inode stored = there.children.get(name);
      if (trouble == Step.Trouble.UNREADABLE && Paths.child(path, name).equals(troubled)) {
        unreadable = true;
        continue;
      }
      entry(known, name, known.children.get(name), stored);
      if (queue != null && stored != null && stored.directory) {
        queue.add(Paths.child(path, name));
      }
    }
    if (unreadable) {
      removals.subList(before, removals.size()).clear();
    }
  }
}
