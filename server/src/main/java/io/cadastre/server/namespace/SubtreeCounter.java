package io.cadastre.server.namespace;

import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.RowCursor;
import java.util.ArrayDeque;

/**
 * Counts what lies below a directory in one view. Runs on a thread that may be busy for a while.
 */
final class SubtreeCounter {
  private static final int CHECK_EVERY = 4096;

  private SubtreeCounter() {}

  /**
   * @param deadlineNanos when to give up with DEADLINE_EXCEEDED
   */
  static CountResult count(AppliedView view, byte[] row, long deadlineNanos) {
    long files = 0;
    long directories = 0;
    long bytes = 0;
    InodeBody top = InodeRow.body(row);
    if (top.getKind() != InodeKind.DIRECTORY) {
      return CountResult.newBuilder().setFiles(1).setBytes(top.getSize()).build();
    }
    ArrayDeque<Long> pending = new ArrayDeque<>();
    pending.add(top.getId());
    long seen = 0;
    while (!pending.isEmpty()) {
      long id = pending.removeLast();
      directories++;
      try (RowCursor entries = view.children(id)) {
        for (; entries.valid(); entries.next()) {
          InodeBody body = InodeRow.body(entries.value());
          if (body.getKind() == InodeKind.DIRECTORY) {
            pending.add(body.getId());
          } else {
            files++;
            bytes += body.getSize();
          }
          if (++seen % CHECK_EVERY == 0 && System.nanoTime() - deadlineNanos >= 0) {
            throw new MetadataException(
                ErrorCode.DEADLINE_EXCEEDED,
                "The subtree is too large to be counted in the time given");
          }
        }
      }
    }
    return CountResult.newBuilder()
        .setFiles(files)
        .setDirectories(directories)
        .setBytes(bytes)
        .build();
  }
}
