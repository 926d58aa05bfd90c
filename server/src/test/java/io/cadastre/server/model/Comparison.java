package io.cadastre.server.model;

import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.server.model.Invariants.Invariant;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Holds listings against the plain namespace. Used by the run's thread. */
final class Comparison {
  private final World world;

  Comparison(World world) {
    this.world = world;
  }

  /** What a listing of a directory shows, by path, in order. */
  static Map<String, Inode> expected(String path, Inode directory, boolean recursive) {
    Map<String, Inode> expected = new LinkedHashMap<>();
    collect(path, directory, recursive, expected);
    return expected;
  }

  private static void collect(
      String path, Inode directory, boolean recursive, Map<String, Inode> expected) {
    for (Map.Entry<String, Inode> child : directory.children.entrySet()) {
      String at = Paths.child(path, child.getKey());
      expected.put(at, child.getValue());
      if (recursive && child.getValue().directory) {
        collect(at, child.getValue(), true, expected);
      }
    }
  }

  /** A listing must be exactly this. */
  void isExactly(String what, Map<String, Inode> expected, Map<String, FileStatus> found) {
    List<String> wantedPaths = List.copyOf(expected.keySet());
    List<String> foundPaths = List.copyOf(found.keySet());
    if (!wantedPaths.equals(foundPaths)) {
      List<String> missing = new ArrayList<>(wantedPaths);
      missing.removeAll(foundPaths);
      List<String> more = new ArrayList<>(foundPaths);
      more.removeAll(wantedPaths);
      world.invariants.check(
          Invariant.LISTINGS,
          false,
          what
              + ": missing "
              + missing
              + ", not expected "
              + more
              + (missing.isEmpty() && more.isEmpty() ? ", in another order" : ""));
    }
    expected.forEach((path, inode) -> isExactly(path, inode, found.get(path)));
  }

  /** An entry must be shown like this. */
  void isExactly(String path, Inode wanted, FileStatus found) {
    world.invariants.matches(path, wanted, found, fingerprint(path, wanted));
  }

  /** The store's own fingerprint, if the store has at the path what is known there. */
  private String fingerprint(String path, Inode wanted) {
    StoreModel store = world.namespace.storeOf(path);
    if (wanted.stamp == 0 || store == null || path.equals(store.mountPoint)) {
      return null;
    }
    Inode there = store.find(path);
    if (there == null || there.stamp != wanted.stamp) {
      return null;
    }
    UfsStatus status = world.stores.get(store).peek(store.storePath(path));
    return status == null ? null : status.fingerprint();
  }

  /** Whether a listing of everything could be one of this namespace. */
  static boolean isLike(Namespace namespace, Map<String, FileStatus> found) {
    Map<String, Inode> expected = expected("/", namespace.root, true);
    return List.copyOf(expected.keySet()).equals(List.copyOf(found.keySet()))
        && expected.entrySet().stream()
            .allMatch(entry -> isLike(entry.getValue(), found.get(entry.getKey())));
  }

  private static boolean isLike(Inode wanted, FileStatus found) {
    return wanted.directory == (found.getKind() == InodeKind.DIRECTORY)
        && (wanted.id == 0 || wanted.id == found.getId())
        && wanted.size == found.getSize()
        && wanted.mode == found.getMode()
        && wanted.owner.equals(found.getOwner())
        && wanted.group.equals(found.getGroup())
        && wanted.incomplete == found.getIncomplete()
        && (wanted.mtimeMillis < 0 || wanted.mtimeMillis == found.getMtimeMillis());
  }
}
