package io.cadastre.server.model;

import java.util.List;

/** Paths as text. */
final class Paths {
  private Paths() {}

  static List<String> components(String path) {
    return path.equals("/") ? List.of() : List.of(path.substring(1).split("/", -1));
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }

  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  static String child(String path, String name) {
    return (path.equals("/") ? "" : path) + "/" + name;
  }

  /** Whether a path is at or below another. */
  static boolean isUnder(String path, String above) {
    return above.equals("/") || path.equals(above) || path.startsWith(above + "/");
  }

  static boolean related(String one, String other) {
    return isUnder(one, other) || isUnder(other, one);
  }
}
