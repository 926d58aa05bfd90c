package io.cadastre.server.sync;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.transaction.Leadership;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * What the namespace has in one directory, in the order in which an object store lists it: a
 * directory `a` stands at `a/`, behind the files `a-b` and `a.b`. Rows are read in the order of
 * names; a directory is held back while names follow that begin with its own and go on with a byte
 * below '/'. So each one held is a prefix of the next, and no more are held than a name has bytes.
 *
 * <p>Rows are read in chunks, each from a view of its own that is closed at once. Used by one
 * thread at a time.
 */
final class KnownChildren {
  /**
   * An entry.
   *
   * @param before whether it is a directory of which a file of its name would stand before the keys
   *     wanted
   */
  record Known(String name, byte[] row, boolean directory, boolean before) {
    static Known of(String name, byte[] row) {
      return new Known(name, row, InodeRow.isDirectory(row), false);
    }

    /** Where it stands among its siblings. */
    String key() {
      return directory ? name + "/" : name;
    }
  }

  private final Leadership leadership;
  private final long directoryId;
  private final String startAfter;
  private final int chunkRows;
  private final Deque<Known> rows = new ArrayDeque<>();
  private final Deque<Known> held = new ArrayDeque<>();
  private byte[] from;
  private boolean exhausted;

  /**
   * @param startAfter of the keys wanted, that before the first; empty for all
   * @param chunkRows most rows read at once
   */
  KnownChildren(Leadership leadership, long directoryId, String startAfter, int chunkRows) {
    this.leadership = leadership;
    this.directoryId = directoryId;
    this.startAfter = startAfter;
    this.chunkRows = chunkRows;
  }

  /** The next entry by key, without taking it; null if there is none. */
  Known peek() {
    while (true) {
      if (rows.isEmpty() && !exhausted) {
        read();
      }
      Known row = rows.peekFirst();
      Known last = held.peekLast();
      if (last != null && (row == null || NamespacePath.compareNames(last.key(), row.name()) < 0)) {
        return last;
      }
      if (row == null || !row.directory()) {
        return row;
      }
      held.addLast(rows.pollFirst());
    }
  }

  /** Takes what {@link #peek} gave. */
  void take(Known next) {
    if (next == held.peekLast()) {
      held.removeLast();
    } else {
      rows.removeFirst();
    }
  }

  /**
   * Takes a directory before its turn.
   *
   * @param name not greater than the key of {@link #peek}
   */
  Optional<Known> takeDirectory(String name) {
    for (Iterator<Known> all = held.iterator(); all.hasNext(); ) {
      Known directory = all.next();
      if (directory.name().equals(name)) {
        all.remove();
        return Optional.of(directory);
      }
    }
    return Optional.empty();
  }

  private void read() {
    try (AppliedView view = leadership.view()) {
      if (from == null) {
        begin(view);
      }
      try (RowCursor cursor =
          view.scan(Family.CHILDREN, from, KeyLayout.afterChildren(directoryId))) {
        for (; cursor.valid() && rows.size() < chunkRows; cursor.next()) {
          from = KeyLayout.after(cursor.key());
          rows.addLast(Known.of(KeyLayout.nameOf(cursor.key()), cursor.value()));
        }
        exhausted = !cursor.valid();
      }
    }
  }

  private void begin(AppliedView view) {
    if (startAfter.isEmpty()) {
      from = KeyLayout.firstChild(directoryId);
      return;
    }
    // No name has a slash: behind `a/` the names begin that are greater than all of `a`, `a-b`...
    from = KeyLayout.after(KeyLayout.child(directoryId, startAfter));
    for (int end = 1; end <= startAfter.length(); end++) {
      String name = startAfter.substring(0, end);
      if (NamespacePath.isValidComponent(name)
          && NamespacePath.compareNames(name + "/", startAfter) > 0) {
        byte[] row = view.get(Family.CHILDREN, KeyLayout.child(directoryId, name));
        if (row != null && InodeRow.isDirectory(row)) {
          held.addLast(new Known(name, row, true, true));
        }
      }
    }
  }
}
