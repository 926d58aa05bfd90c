package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.PutSyncMark;
import io.cadastre.journal.store.DirectoryRow;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.SyncRow;
import io.cadastre.server.cache.DirectoryEntry;
import io.cadastre.server.transaction.Resolution;

/**
 * Whether directories that were listed are still in their place. Remembers the last answer, as the
 * entries of a directory are asked about in a row. Used by one thread.
 */
final class PlaceCheck {
  private final SyncContext context;
  private long checkedIndex = -1;
  private long checkedDirectory = -1;
  private long checkedListing = -1;
  private long checkedRemoval;
  private long comparedState = -1;
  private long comparedDirectory = -1;
  private long compared;

  PlaceCheck(SyncContext context) {
    this.context = context;
  }

  /** Whether the directory of this entry is still where it was when it was listed. */
  boolean isInPlace(AppliedView view, SyncWriter.Pending pending) {
    if (checkedIndex == view.stateIndex()
        && checkedDirectory == pending.directoryId()
        && checkedListing == pending.listingIndex()) {
      return true;
    }
    boolean there =
        isInPlace(
            context, view, pending.directory(), pending.directoryId(), pending.listingIndex());
    if (there) {
      checkedIndex = view.stateIndex();
      checkedDirectory = pending.directoryId();
      checkedListing = pending.listingIndex();
      checkedRemoval = removalIndex(view, pending.directoryId());
    }
    return there;
  }

  /**
   * Whether this directory is at this path and was there ever since this index: neither it nor one
   * above it was renamed, not even away and back, as then another directory may have been listed,
   * and no other store was mounted at or above it.
   */
  static boolean isInPlace(
      SyncContext context, AppliedView view, SyncTarget directory, long directoryId, long index) {
    if (!directory.isOn(view.mounts())) {
      return false;
    }
    Resolution found;
    try {
      found = context.resolver().resolve(view, directory.path(), context.caller());
    } catch (MetadataException e) {
      if (e.code() == ErrorCode.NOT_A_DIRECTORY || e.code() == ErrorCode.NOT_FOUND) {
        return false;
      }
      throw e;
    }
    if (!found.isDirectory() || found.id() != directoryId) {
      return false;
    }
    for (DirectoryEntry above : found.directories()) {
      if (reparentIndex(view, above.id()) > index) {
        return false;
      }
    }
    return reparentIndex(view, directoryId) <= index;
  }

  /** Whether the directory of the entry that was just asked about lost one since its listing. */
  boolean lostAnEntry(SyncWriter.Pending pending) {
    return checkedRemoval > pending.listingIndex();
  }

  /**
   * Whether another run may have compared the directory of this entry since it was listed: at the
   * same index too, as time passes without entries. It may have seen what this run did not, and
   * written nothing because nothing was to be changed.
   */
  boolean wasComparedSince(AppliedView view, SyncWriter.Pending pending) {
    long directory = pending.directoryId();
    if (comparedState != view.stateIndex() || comparedDirectory != directory) {
      SyncRow journaled = SyncRow.decode(view.get(Family.SYNC, KeyLayout.id(directory)));
      compared =
          Math.max(
              Math.max(journaled.childrenIndex(), journaled.allIndex()),
              Math.max(
                  markIndex(directory, PutSyncMark.Depth.CHILDREN),
                  markIndex(directory, PutSyncMark.Depth.ALL)));
      comparedState = view.stateIndex();
      comparedDirectory = directory;
    }
    return compared >= pending.listingIndex();
  }

  private long markIndex(long directoryId, PutSyncMark.Depth depth) {
    MarkBuffer.Mark mark = context.marks().find(directoryId, depth);
    return mark == null ? 0 : mark.index();
  }

  private static long reparentIndex(AppliedView view, long directoryId) {
    byte[] row = view.get(Family.DIRECTORIES, KeyLayout.id(directoryId));
    return row == null ? Long.MAX_VALUE : DirectoryRow.decode(row).reparentIndex();
  }

  private static long removalIndex(AppliedView view, long directoryId) {
    byte[] row = view.get(Family.DIRECTORIES, KeyLayout.id(directoryId));
    return row == null ? Long.MAX_VALUE : DirectoryRow.decode(row).removalIndex();
  }
}
