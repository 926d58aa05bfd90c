package io.cadastre.server.model;

import java.util.List;

/**
 * What is in a store, as a tree in memory that only this test writes: changed by other programs as
 * the scenario says, and by the cluster as it must. Paths are those of the namespace.
 */
final class StoreModel {
  final String mountPoint;
  final boolean writable;
  final Inode root;

  /** What entries get for a modification time. UTC milliseconds. */
  long nowMillis = 1_700_000_000_000L;

  private long lastStamp;

  StoreModel(String mountPoint, boolean writable) {
    this(mountPoint, writable, new Inode(true, "store", "store", 0755));
    root.stamp = ++lastStamp;
  }

  private StoreModel(String mountPoint, boolean writable, Inode root) {
    this.mountPoint = mountPoint;
    this.writable = writable;
    this.root = root;
  }

  /** Another store that starts as this one is now. */
  StoreModel copy() {
    StoreModel copy = new StoreModel(mountPoint, writable, root.copy());
    copy.nowMillis = nowMillis;
    copy.lastStamp = lastStamp;
    return copy;
  }

  /** From the path in the namespace to that in the store; empty for its root. */
  String storePath(String path) {
    return path.equals(mountPoint) ? "" : path.substring(mountPoint.length() + 1);
  }

  private List<String> components(String path) {
    String inStore = storePath(path);
    return inStore.isEmpty() ? List.of() : List.of(inStore.split("/", -1));
  }

  /** What is at a path; null if nothing is, or the way there is none. */
  Inode find(String path) {
    Inode node = root;
    for (String component : components(path)) {
      node = node == null || !node.directory ? null : node.children.get(component);
    }
    return node;
  }

  boolean isDirectory(String path) {
    Inode node = find(path);
    return node != null && node.directory;
  }

  private Inode newNode(boolean directory) {
    Inode node = new Inode(directory, "store", "store", directory ? 0755 : 0644);
    node.stamp = ++lastStamp;
    node.mtimeMillis = nowMillis;
    return node;
  }

  private Inode makeDirectories(String path) {
    Inode node = root;
    for (String component : components(path)) {
      node = node.children.computeIfAbsent(component, any -> newNode(true));
    }
    return node;
  }

  /** Whether another program could do this: what it needs is there. */
  boolean allows(OutsideChange change) {
    if (change.path().equals(mountPoint)) {
      return false;
    }
    if (change instanceof OutsideChange.Write write) {
      return waysAreDirectories(Paths.parent(write.path()));
    }
    if (change instanceof OutsideChange.MakeDirectories make) {
      return waysAreDirectories(make.path());
    }
    if (change instanceof OutsideChange.Relocate move) {
      return find(move.path()) != null
          && !Paths.related(move.path(), move.destination())
          && waysAreDirectories(Paths.parent(move.destination()));
    }
    return find(change.path()) != null;
  }

  private boolean waysAreDirectories(String path) {
    for (String at = path; Paths.isUnder(at, mountPoint); at = Paths.parent(at)) {
      Inode node = find(at);
      if (node != null && !node.directory) {
        return false;
      }
    }
    // A file higher up hides what is below it.
    return true;
  }

  void apply(OutsideChange change) {
    if (change instanceof OutsideChange.Write write) {
      Inode parent = makeDirectories(Paths.parent(write.path()));
      Inode node = parent.children.get(Paths.name(write.path()));
      if (node == null || node.directory) {
        node = newNode(false);
        parent.children.put(Paths.name(write.path()), node);
      }
      node.size = write.size();
      touch(node);
      node.mtimeMillis = nowMillis;
    } else if (change instanceof OutsideChange.MakeDirectories make) {
      makeDirectories(make.path());
    } else if (change instanceof OutsideChange.Erase erase) {
      unlink(erase.path());
    } else if (change instanceof OutsideChange.Relocate move) {
      Inode target = makeDirectories(Paths.parent(move.destination()));
      target.children.put(Paths.name(move.destination()), unlink(move.path()));
    } else if (change instanceof OutsideChange.Chmod chmod) {
      Inode node = find(chmod.path());
      node.mode = chmod.mode();
      touch(node);
    }
  }

  /** A directory's fingerprint is for life; a file gets another one with each change. */
  private void touch(Inode node) {
    if (!node.directory) {
      node.stamp = ++lastStamp;
    }
  }

  // What the cluster asks for. The caller has checked that the store would do it.

  Inode makeDirectory(String path, Inode like) {
    Inode node = newNode(true);
    node.owner = like.owner;
    node.group = like.group;
    node.mode = like.mode;
    find(Paths.parent(path)).children.put(Paths.name(path), node);
    return node;
  }

  Inode unlink(String path) {
    return find(Paths.parent(path)).children.remove(Paths.name(path));
  }

  void move(String source, String destination) {
    Inode node = unlink(source);
    find(Paths.parent(destination)).children.put(Paths.name(destination), node);
  }

  Inode setAttributes(String path, Change.Attributes change) {
    Inode node = find(path);
    touch(node);
    if (change.mode() >= 0) {
      node.mode = change.mode();
    }
    if (change.owner() != null) {
      node.owner = change.owner();
    }
    if (change.mtimeMillis() >= 0) {
      node.mtimeMillis = change.mtimeMillis();
    }
    return node;
  }
}
