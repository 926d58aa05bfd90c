package io.cadastre.server.model;

import java.util.ArrayList;
import java.util.List;

/**
 * What a leader may make of a change that it found begun and not ended, where the store is not as
 * known. It sees only what the store has by then: where that looks like the change, done by another
 * program, it takes it for done; where it fits neither before nor after, it gives the change up.
 */
final class LaterLeader {
  private LaterLeader() {}

  /** Takes a change for done, and does the rest of it; null if the store does not look like it. */
  static Verdict done(Namespace namespace, Change change) {
    StoreModel store = namespace.storeOf(change.path());
    if (store == null || !store.writable) {
      return null;
    }
    if (change instanceof Change.MakeDirectory make) {
      Inode made = new Inode(true, Namespace.USER, null, make.mode());
      return made(namespace, store, change, made);
    }
    if (change instanceof Change.MakeFile) {
      Inode made = new Inode(false, Namespace.USER, null, Namespace.FILE_MODE);
      made.incomplete = true;
      return made(namespace, store, change, made);
    }
    if (change instanceof Change.Remove) {
      return removed(namespace, store, change);
    }
    return change instanceof Change.Move move ? moved(namespace, store, move) : null;
  }

  /** Directories that another program made, from the top down, as far as it got. */
  private static Verdict made(Namespace namespace, StoreModel store, Change change, Inode target) {
    List<String> missing = new ArrayList<>();
    String top = namespace.footprint(change, change.path());
    for (String at = change.path(); !at.equals(Paths.parent(top)); at = Paths.parent(at)) {
      missing.add(0, at);
    }
    Inode parent = namespace.find(Paths.parent(top));
    if (parent == null || !parent.directory || namespace.find(top) != null) {
      return null;
    }
    if (!store.isDirectory(top) || (missing.size() == 1 && !target.directory)) {
      return null;
    }
    List<Inode> touched = new ArrayList<>(List.of(parent));
    String group = parent.group;
    for (String at : missing) {
      boolean last = at.equals(change.path());
      Inode made = last ? target : new Inode(true, Namespace.USER, group, Namespace.DIRECTORY_MODE);
      made.group = group;
      if (made.directory) {
        Inode there = store.find(at);
        if (there != null && !there.directory) {
          return null;
        }
        made.asIn(there != null ? there : store.makeDirectory(at, made));
      }
      parent.children.put(Paths.name(at), made);
      touched.add(made);
      parent = made;
    }
    return Verdict.done(target, touched);
  }

  private static Verdict removed(Namespace namespace, StoreModel store, Change change) {
    Inode node = namespace.find(change.path());
    if (node == null || store.find(change.path()) != null) {
      return null;
    }
    Inode parent = namespace.find(Paths.parent(change.path()));
    parent.children.remove(Paths.name(change.path()));
    return Verdict.done(node, List.of(parent));
  }

  private static Verdict moved(Namespace namespace, StoreModel store, Change.Move move) {
    Inode node = namespace.find(move.path());
    Inode from = namespace.find(Paths.parent(move.path()));
    Inode to = namespace.find(Paths.parent(move.destination()));
    Inode there = store.find(move.destination());
    boolean likely =
        there == null
            ? node != null && node.incomplete
            : node != null && node.directory == there.directory;
    Inode replaced = namespace.find(move.destination());
    boolean untouched =
        there != null && replaced != null && replaced.stamp != 0 && replaced.stamp == there.stamp;
    if (!likely || untouched || to == null || !to.directory || store.find(move.path()) != null) {
      return null;
    }
    from.children.remove(Paths.name(move.path()));
    to.children.put(Paths.name(move.destination()), node);
    if (there != null) {
      node.asIn(there);
    }
    return Verdict.done(node, List.of(node, from, to));
  }

  /** The directories that it says may differ from the store, if it gives a change up. */
  static List<String> invalidated(Namespace namespace, Change change) {
    List<String> directories = new ArrayList<>();
    for (String path : change.paths()) {
      directories.add(Paths.parent(namespace.footprint(change, path)));
    }
    Inode node = namespace.find(change.path());
    if (change instanceof Change.Remove && node != null && node.directory) {
      directories.add(change.path());
    }
    return directories;
  }
}
