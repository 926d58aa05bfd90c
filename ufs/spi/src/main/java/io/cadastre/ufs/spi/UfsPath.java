package io.cadastre.ufs.spi;

import io.cadastre.core.path.NamespacePath;

/** Paths relative to a store's root: empty for the root, else `a/b`. */
public final class UfsPath {
  private UfsPath() {}

  /**
   * Returns the path if it is well-formed.
   *
   * @throws IllegalArgumentException if it has a slash at an end, an empty component, `.` or `..`,
   *     a NUL, an unpaired surrogate, or a component longer than {@value
   *     NamespacePath#MAX_COMPONENT_BYTES} bytes
   */
  public static String check(String path) {
    int start = 0;
    int length = path.length();
    if (length == 0) {
      return path;
    }
    for (int i = 0; i <= length; i++) {
      if (i == length || path.charAt(i) == '/') {
        String component = path.substring(start, i);
        if (!NamespacePath.isValidComponent(component)) {
          throw new IllegalArgumentException(
              "not a path relative to a store's root: '"
                  + path
                  + "'; expected components such as a/b without a slash at either end");
        }
        start = i + 1;
      }
    }
    return path;
  }

  public static boolean isRoot(String path) {
    return path.isEmpty();
  }

  /** The path of a child. */
  public static String child(String parent, String name) {
    return parent.isEmpty() ? name : parent + "/" + name;
  }

  /** The path above; the root for a path of one component. */
  public static String parent(String path) {
    if (path.isEmpty()) {
      throw new IllegalArgumentException("the root has no parent");
    }
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /** The last component; empty for the root. */
  public static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Whether `below` is `path` or lies under it. */
  public static boolean isPrefix(String path, String below) {
    return path.isEmpty()
        || below.equals(path)
        || (below.startsWith(path) && below.charAt(path.length()) == '/');
  }
}
