package io.cadastre.server.sync;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The directories that lie in more than one range of a run: no more than its split points have
 * slashes, and the top. Immutable but for what is in them; asks the namespace, never the store.
 */
final class CutDirectories {
  /** Parents before what is in them. */
  private final Map<String, CutDirectory> byKey = new LinkedHashMap<>();

  CutDirectories(SyncContext context, SyncTarget target, long topId, List<String> points) {
    byKey.put("", new CutDirectory(null, "", target.path(), topId));
    try (AppliedView view = context.leadership().view()) {
      for (String point : points) {
        cut(view, point);
      }
    }
  }

  private void cut(AppliedView view, String point) {
    CutDirectory above = top();
    int start = 0;
    for (int slash = point.indexOf('/'); slash >= 0; slash = point.indexOf('/', start)) {
      String name = point.substring(start, slash);
      start = slash + 1;
      if (!NamespacePath.isValidComponent(name) || !fits(above.path(), name)) {
        return;
      }
      CutDirectory parent = above;
      above =
          byKey.computeIfAbsent(
              point.substring(0, start),
              key -> {
                NamespacePath path = parent.path().child(name);
                return new CutDirectory(parent, key, path, knownId(view, parent, path));
              });
    }
  }

  /** Whether the path of a child is not too long. */
  static boolean fits(NamespacePath directory, String name) {
    String text = directory.isRoot() ? "/" : directory + "/";
    // Each char is at most 3 bytes of UTF-8.
    return text.length() + name.length() <= NamespacePath.MAX_PATH_BYTES / 3
        || utf8Length(text) + utf8Length(name) <= NamespacePath.MAX_PATH_BYTES;
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static long knownId(AppliedView view, CutDirectory parent, NamespacePath path) {
    if (parent.knownId() == DirectoryPairs.NOT_THERE || view.mounts().isMountPoint(path)) {
      return DirectoryPairs.NOT_THERE;
    }
    byte[] row = view.get(Family.CHILDREN, KeyLayout.child(parent.knownId(), path.name()));
    return row != null && InodeRow.isDirectory(row) ? InodeRow.id(row) : DirectoryPairs.NOT_THERE;
  }

  CutDirectory top() {
    return byKey.get("");
  }

  /** The directory of this key if it is cut, else null. */
  CutDirectory at(String key) {
    return byKey.get(key);
  }

  Collection<CutDirectory> all() {
    return byKey.values();
  }

  /** Those that a key lies in, from the top. */
  List<CutDirectory> above(String key) {
    List<CutDirectory> found = new ArrayList<>(List.of(top()));
    for (int slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1)) {
      CutDirectory next = at(key.substring(0, slash + 1));
      if (next == null) {
        break;
      }
      found.add(next);
    }
    return found;
  }
}
