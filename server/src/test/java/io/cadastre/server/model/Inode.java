package io.cadastre.server.model;

import io.cadastre.core.path.NamespacePath;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A file or directory as it must be: in the namespace, or in a store (then without an id). */
final class Inode {
  final boolean directory;

  /** Null for a file. */
  final NavigableMap<String, Inode> children;

  final NavigableMap<String, String> xattrs = new TreeMap<>();

  /** 0: not seen yet. */
  long id;

  long size;
  String owner;
  String group;
  int mode;
  boolean incomplete;

  /**
   * Which contents of which entry of a store this is, or was when last compared; 0: of none. The
   * model's own fingerprint.
   */
  long stamp;

  /** UTC milliseconds; -1: the master's clock said so. */
  long mtimeMillis = -1;

  /** The newest change index that it had for certain. */
  long changeIndex;

  /** Whether it must have that one still; else it may have a later one. */
  boolean changeIndexKnown;

  Inode(boolean directory, String owner, String group, int mode) {
    this.directory = directory;
    this.children = directory ? new TreeMap<>(NamespacePath::compareNames) : null;
    this.owner = owner;
    this.group = group;
    this.mode = mode;
  }

  Inode copy() {
    Inode copy = new Inode(directory, owner, group, mode);
    copy.xattrs.putAll(xattrs);
    copy.id = id;
    copy.size = size;
    copy.incomplete = incomplete;
    copy.stamp = stamp;
    copy.mtimeMillis = mtimeMillis;
    copy.changeIndex = changeIndex;
    copy.changeIndexKnown = changeIndexKnown;
    if (directory) {
      for (Map.Entry<String, Inode> child : children.entrySet()) {
        copy.children.put(child.getKey(), child.getValue().copy());
      }
    }
    return copy;
  }

  /**
   * Takes over what a store says of an entry; of one of the other kind, which a sync has not found
   * yet, only who may do what with it.
   */
  void asIn(Inode stored) {
    owner = stored.owner;
    group = stored.group;
    mode = stored.mode;
    if (directory != stored.directory) {
      return;
    }
    stamp = stored.stamp;
    // A directory's times are not modelled.
    mtimeMillis = directory ? -1 : stored.mtimeMillis;
    if (!directory && !incomplete) {
      size = stored.size;
    }
  }

  /** Whether it is, or has anywhere below, a file that is still being written. */
  boolean holdsIncomplete() {
    return incomplete || (directory && children.values().stream().anyMatch(Inode::holdsIncomplete));
  }

  /** Files and directories at and below, and bytes of the files. */
  long[] count() {
    if (!directory) {
      return new long[] {1, 0, size};
    }
    long[] sum = {0, 1, 0};
    for (Inode child : children.values()) {
      long[] below = child.count();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += below[i];
      }
    }
    return sum;
  }
}
