package io.cadastre.server.sync;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import java.util.function.Consumer;

/** The directories in a directory, as the namespace knows them. */
final class KnownDirectories {
  private KnownDirectories() {}

  static void forEach(AppliedView view, long directoryId, Consumer<String> names) {
    try (RowCursor rows = view.children(directoryId)) {
      for (; rows.valid(); rows.next()) {
        if (InodeRow.isDirectory(rows.value())) {
          names.accept(KeyLayout.nameOf(rows.key()));
        }
      }
    }
  }
}
