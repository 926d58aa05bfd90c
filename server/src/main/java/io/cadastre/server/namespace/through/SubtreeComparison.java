package io.cadastre.server.namespace.through;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsPath;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayDeque;

/**
 * Compares a locked subtree with its store: finds the first entry that the store has and the
 * namespace does not know, or knows otherwise, and whether anything is missing in the store. Reads
 * each directory's listing once, joined with its rows in name order; memory grows with the depth
 * only. Used by one thread.
 */
final class SubtreeComparison {
  /**
   * What was found.
   *
   * @param difference the first entry that is not as known here; null if there is none
   * @param missing whether something that is known here is not in the store
   */
  record Result(String difference, boolean missing) {}

  private final FencedStore store;
  private final String namespacePath;
  private final long deadlineNanos;
  private boolean missing;

  /** A directory on the way down; its cursor walks the directories in it. */
  private record Level(String storePath, RowCursor cursor) {}

  /**
   * @param namespacePath for messages
   * @param deadlineNanos when to give up with DEADLINE_EXCEEDED
   */
  SubtreeComparison(FencedStore store, String namespacePath, long deadlineNanos) {
    this.store = store;
    this.namespacePath = namespacePath;
    this.deadlineNanos = deadlineNanos;
  }

  /**
   * Compares everything below a directory.
   *
   * @throws MetadataException STORE_UNAVAILABLE if the store cannot be read; DEADLINE_EXCEEDED
   */
  Result compare(String storePath, long directoryId) {
    ArrayDeque<Level> levels = new ArrayDeque<>();
    try (AppliedView view = store.call().view()) {
      try {
        String difference = enter(view, storePath, directoryId, levels);
        while (difference == null && !levels.isEmpty()) {
          Level level = levels.peek();
          if (!level.cursor().valid()) {
            levels.pop().cursor().close();
            continue;
          }
          byte[] row = level.cursor().value();
          String name = KeyLayout.nameOf(level.cursor().key());
          level.cursor().next();
          if (InodeRow.isDirectory(row)) {
            difference =
                enter(view, UfsPath.child(level.storePath(), name), InodeRow.id(row), levels);
          }
        }
        return new Result(difference, missing);
      } finally {
        levels.forEach(level -> level.cursor().close());
      }
    } catch (UfsException e) {
      throw new MetadataException(
          ErrorCode.STORE_UNAVAILABLE,
          "The subtree cannot be compared with its store: " + e.getMessage(),
          e);
    }
  }

  private String enter(
      AppliedView view, String storePath, long directoryId, ArrayDeque<Level> levels) {
    try (UfsListing listing = store.list(storePath);
        RowCursor rows = view.children(directoryId)) {
      String difference = join(listing, rows, storePath);
      if (difference != null) {
        return difference;
      }
    } catch (UfsException e) {
      if (e.kind() != Kind.ABSENT) {
        throw e;
      }
      missing = true;
      return null;
    }
    levels.push(new Level(storePath, view.children(directoryId)));
    return null;
  }

  private String join(UfsListing listing, RowCursor rows, String storePath) {
    String last = null;
    while (true) {
      if (System.nanoTime() - deadlineNanos >= 0) {
        throw new MetadataException(
                ErrorCode.DEADLINE_EXCEEDED,
                "The subtree is too large to be compared with its store in the time given; pass --unchecked or a longer timeout")
            .with("path", namespacePath);
      }
      UfsListing.Page page = listing.next(store.deadline());
      if (!page.unreadable().isEmpty()) {
        return UfsPath.child(storePath, page.unreadable().get(0).name()) + " cannot be read";
      }
      for (UfsStatus entry : page.entries()) {
        if (last != null && NamespacePath.compareNames(last, entry.name()) >= 0) {
          throw new UfsException(Kind.UNKNOWN, "the store's listing is not in order: " + storePath);
        }
        last = entry.name();
        skipMissing(rows, last);
        String path = UfsPath.child(storePath, last);
        if (!rows.valid() || !KeyLayout.nameOf(rows.key()).equals(last)) {
          return path + " is not known here";
        }
        if (!same(InodeRow.body(rows.value()), entry)) {
          return path + " has changed";
        }
        rows.next();
      }
      if (page.last()) {
        missing |= rows.valid();
        return null;
      }
    }
  }

  private void skipMissing(RowCursor rows, String name) {
    while (rows.valid() && NamespacePath.compareNames(KeyLayout.nameOf(rows.key()), name) < 0) {
      missing |= !InodeRow.body(rows.value()).getIncomplete();
      rows.next();
    }
  }

  private static boolean same(InodeBody known, UfsStatus entry) {
    InodeKind kind =
        entry.isDirectory()
            ? InodeKind.DIRECTORY
            : entry.isSymlink() ? InodeKind.SYMLINK : InodeKind.FILE;
    // The bytes of an incomplete file come when they come.
    return known.getKind() == kind
        && (known.getIncomplete()
            || known.getFingerprint().isEmpty()
            || known.getFingerprint().equals(entry.fingerprint()));
  }
}
