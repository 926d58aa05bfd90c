package io.cadastre.server.namespace.operation;

import io.cadastre.core.inode.proto.Xattr;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Limits of extended attributes, and merging of changes into them. */
final class Xattrs {
  /** Most attributes of one inode. */
  static final int MAX_COUNT = 64;

  /** Longest name, in characters. */
  static final int MAX_NAME = 255;

  /** Most bytes of all names and values of one inode. */
  static final int MAX_BYTES = 64 << 10;

  private Xattrs() {}

  /** The attributes after setting some and removing others; sorted by name. */
  static List<Xattr> merged(List<Xattr> old, List<Xattr> set, List<String> remove) {
    TreeMap<String, Xattr> byName = new TreeMap<>();
    old.forEach(xattr -> byName.put(xattr.getName(), xattr));
    set.forEach(xattr -> byName.put(xattr.getName(), xattr));
    remove.forEach(byName::remove);
    return new ArrayList<>(byName.values());
  }
}
