package io.cadastre.ufs.testing;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.NavigableMap;
import java.util.TreeMap;

/** An entry of a {@link MemoryStore}. Guarded by the store. */
final class Node {
  final UfsStatus.Kind kind;
  final long inode;

  /** Of a directory; null for anything else. */
  final NavigableMap<String, Node> children;

  long size;
  long mtimeMillis;

  /** Counts up with each change of the entry itself. */
  long change;

  String owner = "store";
  String group = "store";
  int mode;
  String linkTarget = "";

  /** Why it cannot be read; null if it can. */
  String unreadable;

  Node(UfsStatus.Kind kind, long inode, long nowMillis) {
    this.kind = kind;
    this.inode = inode;
    this.mtimeMillis = nowMillis;
    this.mode =
        switch (kind) {
          case FILE -> 0644;
          case DIRECTORY -> 0755;
          case SYMLINK -> 0777;
        };
    this.children = kind == UfsStatus.Kind.DIRECTORY ? newChildren() : null;
  }

  private static NavigableMap<String, Node> newChildren() {
    return new TreeMap<>(NamespacePath::compareNames);
  }

  boolean isDirectory() {
    return children != null;
  }

  String fingerprint() {
    return isDirectory()
        ? "d" + inode
        : size + "-" + Long.toHexString(mtimeMillis) + "-" + change + "-" + inode;
  }

  UfsStatus status(String name) {
    return new UfsStatus(
        name, kind, size, mtimeMillis, owner, group, mode, fingerprint(), linkTarget);
  }
}
