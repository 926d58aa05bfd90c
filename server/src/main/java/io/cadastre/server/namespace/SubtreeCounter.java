package io.cadastre.server.namespace;

import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.DirectoryRow;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.Permissions;
import java.util.ArrayDeque;

/**
 * Counts what lies below a path in one view, if the caller may list all of it. Runs on a thread
 * that may be busy for a while.
 */
final class SubtreeCounter {
  private static final int CHECK_EVERY = 4096;

  private final AppliedView view;
  private final NamespacePath top;
  private final Caller caller;
  private final long deadlineNanos;

  /**
   * @param deadlineNanos when to give up with DEADLINE_EXCEEDED
   */
  SubtreeCounter(AppliedView view, NamespacePath top, Caller caller, long deadlineNanos) {
    this.view = view;
    this.top = top;
    this.caller = caller;
    this.deadlineNanos = deadlineNanos;
  }

  /**
   * @param row of the top
   * @throws MetadataException PERMISSION_DENIED with the first directory that the caller may not
   *     list, as for a recursive listing
   */
  CountResult count(byte[] row) {
    long files = 0;
    long directories = 0;
    long bytes = 0;
    InodeBody body = InodeRow.body(row);
    if (body.getKind() != InodeKind.DIRECTORY) {
      return CountResult.newBuilder().setFiles(1).setBytes(body.getSize()).build();
    }
    ArrayDeque<Long> pending = new ArrayDeque<>();
    enter(body, body.getId(), pending);
    long seen = 0;
    while (!pending.isEmpty()) {
      long id = pending.removeLast();
      directories++;
      try (RowCursor entries = view.children(id)) {
        for (; entries.valid(); entries.next()) {
          InodeBody entry = InodeRow.body(entries.value());
          if (entry.getKind() == InodeKind.DIRECTORY) {
            enter(entry, body.getId(), pending);
          } else {
            files++;
            bytes += entry.getSize();
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

  private void enter(InodeBody directory, long topId, ArrayDeque<Long> pending) {
    int wanted = Permissions.READ | Permissions.EXECUTE;
    String owner = directory.getOwner();
    String group = directory.getGroup();
    if (!Permissions.allows(caller, owner, group, directory.getMode(), wanted)) {
      NamespacePath path = path(directory.getId(), topId);
      Permissions.check(caller, path, owner, group, directory.getMode(), wanted);
    }
    pending.add(directory.getId());
  }

  /** The way up is walked only for a refusal: nothing but ids is kept of what is to be counted. */
  private NamespacePath path(long id, long topId) {
    if (id == topId) {
      return top;
    }
    DirectoryRow up = DirectoryRow.decode(view.get(Family.DIRECTORIES, KeyLayout.id(id)));
    return path(up.parentId(), topId).child(KeyLayout.text(up.name()));
  }
}
