package io.cadastre.server.namespace.listing;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.Permissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The entries of a directory in key order, with `recursive` each directory followed at once by what
 * is in it. One view, one open cursor per level, nothing else in memory. Used by one thread at a
 * time.
 */
final class DirectoryWalk implements AutoCloseable {
  private final AppliedView view;
  private final NamespacePath top;
  private final boolean recursive;
  private final Caller caller;
  private final Deque<Level> levels = new ArrayDeque<>();
  private boolean fresh = true;

  private static final class Level {
    final String prefix;
    final RowCursor cursor;

    Level(String prefix, RowCursor cursor) {
      this.prefix = prefix;
      this.cursor = cursor;
    }
  }

  /**
   * @param after last entry that was seen, relative to the top; empty to begin
   */
  DirectoryWalk(
      AppliedView view,
      NamespacePath top,
      long directoryId,
      boolean recursive,
      Caller caller,
      String after) {
    this.view = view;
    this.top = top;
    this.recursive = recursive;
    this.caller = caller;
    if (after.isEmpty()) {
      push(directoryId, "", null);
    } else {
      seekAfter(directoryId, after);
    }
  }

  private void push(long directoryId, String prefix, byte[] from) {
    levels.push(
        new Level(
            prefix,
            view.scan(
                Family.CHILDREN,
                from == null ? KeyLayout.firstChild(directoryId) : from,
                KeyLayout.afterChildren(directoryId))));
  }

  /** Rebuilds the levels as they were when `after` had just been handed out. */
  private void seekAfter(long directoryId, String after) {
    List<String> names = new ArrayList<>(List.of(after.split("/")));
    long id = directoryId;
    String prefix = "";
    for (int i = 0; i < names.size(); i++) {
      byte[] key = KeyLayout.child(id, names.get(i));
      byte[] row = view.get(Family.CHILDREN, key);
      push(id, prefix, KeyLayout.after(key));
      boolean enter = row != null && recursive && InodeRow.isDirectory(row);
      if (!enter) {
        break;
      }
      id = InodeRow.id(row);
      prefix = prefix + names.get(i) + "/";
      if (i == names.size() - 1) {
        // It was handed out, so what comes next is inside it.
        push(id, prefix, null);
      }
    }
  }

  /** Moves to the next entry; false at the end. */
  boolean next() {
    if (!fresh) {
      Level level = levels.peek();
      byte[] row = recursive ? level.cursor.value() : null;
      String name = recursive ? KeyLayout.nameOf(level.cursor.key()) : null;
      level.cursor.next();
      if (recursive && InodeRow.isDirectory(row)) {
        enter(level.prefix + name, row);
      }
    }
    fresh = false;
    while (!levels.isEmpty() && !levels.peek().cursor.valid()) {
      levels.pop().cursor.close();
    }
    return !levels.isEmpty();
  }

  private void enter(String relative, byte[] row) {
    InodeBody body = InodeRow.body(row);
    if (body.getKind() == InodeKind.DIRECTORY) {
      if (!caller.superuser()) {
        Permissions.check(
            caller,
            NamespacePath.of(top.isRoot() ? "/" + relative : top + "/" + relative),
            body.getOwner(),
            body.getGroup(),
            body.getMode(),
            Permissions.READ | Permissions.EXECUTE);
      }
      push(body.getId(), relative + "/", null);
    }
  }

  byte[] key() {
    return levels.peek().cursor.key();
  }

  byte[] row() {
    return levels.peek().cursor.value();
  }

  /** Where the current entry's directory lies below the top: empty, or ends in a slash. */
  String prefix() {
    return levels.peek().prefix;
  }

  @Override
  public void close() {
    levels.forEach(level -> level.cursor.close());
    levels.clear();
  }
}
