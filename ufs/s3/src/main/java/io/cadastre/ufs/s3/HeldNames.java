package io.cadastre.ufs.s3;

import io.cadastre.core.path.NamespacePath;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Brings the children of a directory from the order of their keys into the order of their names. A
 * directory `x` stands at the key `x/`, behind the files `x-b` and `x.b` whose names are greater.
 * So an entry is held back until no directory with a smaller name can come any more, and a file
 * until no directory with its own name can. What could come is short: prefixes of the name that are
 * followed by a byte below '/'. Used by one thread.
 */
final class HeldNames {
  private final NavigableMap<String, Held> held = new TreeMap<>(NamespacePath::compareNames);
  private final Set<String> settled = new HashSet<>();
  private final String startAfter;
  private String position = "";
  private boolean ended;

  /** One name; exactly a file, a directory, or both. */
  static final class Held {
    private final String name;
    private ObjectStatus file;
    private boolean directory;

    private Held(String name) {
      this.name = name;
    }

    String name() {
      return name;
    }

    /** Null if it is a directory only. */
    ObjectStatus file() {
      return file;
    }

    boolean directory() {
      return directory;
    }
  }

  /**
   * @param startAfter names up to it are not wanted, and do not come
   */
  HeldNames(String startAfter) {
    this.startAfter = startAfter;
  }

  int size() {
    return held.size();
  }

  /** Takes the next file, in the order of keys. */
  void file(String name, ObjectStatus file) {
    position = name;
    held.computeIfAbsent(name, Held::new).file = file;
  }

  /** Takes the next directory, in the order of keys `name/`. */
  void directory(String name) {
    position = name + "/";
    // If it was asked for ahead of its turn, it has been given out or was not there then.
    if (!settled.remove(name)) {
      held.computeIfAbsent(name, Held::new).directory = true;
    }
  }

  /** No more entries come. */
  void end() {
    ended = true;
  }

  /** The next entry by name; null if it must wait, or if there is none. */
  Held poll() {
    Map.Entry<String, Held> first = held.firstEntry();
    if (first == null || awaited() != null) {
      return null;
    }
    held.remove(first.getKey());
    return first.getValue();
  }

  /**
   * A directory that could still come before the first entry held, or take its name; the one that
   * would come last. Null if there is none.
   */
  String awaited() {
    if (held.isEmpty() || ended) {
      return null;
    }
    Held first = held.firstEntry().getValue();
    String name = first.name;
    for (int end = 1; end <= name.length(); end++) {
      boolean possible = end == name.length() ? !first.directory : name.charAt(end) < '/';
      if (possible) {
        String directory = name.substring(0, end);
        if (NamespacePath.compareNames(directory, startAfter) > 0
            && NamespacePath.compareNames(position, directory + "/") < 0
            && !settled.contains(directory)) {
          return directory;
        }
      }
    }
    return null;
  }

  /** Says of an awaited directory whether it is there, so that nothing waits for it. */
  void settle(String directory, boolean there) {
    settled.add(directory);
    if (there) {
      held.computeIfAbsent(directory, Held::new).directory = true;
    }
  }
}
