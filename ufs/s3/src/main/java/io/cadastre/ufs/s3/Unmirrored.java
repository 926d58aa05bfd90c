package io.cadastre.ufs.s3;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.UfsListing.UnreadableEntry;

/** Why keys have no place in the namespace. None of them stands for a path. Stateless. */
final class Unmirrored {
  private Unmirrored() {}

  /** Whether every component of a path, without a slash at its end, is a name. */
  static boolean isPath(String path) {
    int start = 0;
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', start)) {
      if (!NamespacePath.isValidComponent(path.substring(start, slash))) {
        return false;
      }
      start = slash + 1;
    }
    return NamespacePath.isValidComponent(path.substring(start));
  }

  /** Keys with a component that is no name. */
  static UnreadableEntry badName(String name) {
    String reason =
        name.isEmpty() || name.contains("//") || name.startsWith("/")
            ? "keys with an empty component ('//')"
            : "a key with a component that is no name ('.', '..', longer than 255 bytes)";
    return new UnreadableEntry(name, false, reason);
  }

  /** A file whose name a directory has too. */
  static UnreadableEntry hidden(String name) {
    return new UnreadableEntry(
        name, false, "an object with the name of a directory; the directory is shown");
  }
}
