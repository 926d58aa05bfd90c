package io.cadastre.server.sync;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.mount.MountTable;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.UfsListing.UnreadableEntry;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.Optional;

/**
 * Decides about one directory, pair by pair. Creates, updates and replacements are handed to the
 * writer as they come; what takes something away waits in `staged`. What the store cannot read is
 * unknown: counted, named, and left as it is. Used by one thread at a time.
 */
final class DirectoryPairs implements MergeJoin.Pairs {
  /** Stands for the id of a directory that the namespace does not have: a dry run goes on below. */
  static final long NOT_THERE = -2;

  /** Told of the directories in the directory. */
  interface Subdirectories {
    /** Both sides have it. */
    void known(String name);

    /** Only the namespace has it, and keeps it: a mount hangs below it. */
    void kept(String name);

    /** The store has it; the namespace will once the writer has finished. */
    void made(String name);
  }

  private final SyncContext context;
  private final SyncTarget directory;
  private final long directoryId;
  private final SyncWriter writer;
  private final DeleteSpill staged;
  private final Subdirectories subdirectories;
  private final Decider.Holds holds;
  private MountTable mounts;
  private long index;
  private boolean unknown;
  private boolean holdsDeletes;
  private InterruptedException interrupted;

  DirectoryPairs(
      SyncContext context,
      SyncTarget directory,
      long directoryId,
      SyncWriter writer,
      DeleteSpill staged,
      Subdirectories subdirectories) {
    this.context = context;
    this.directory = directory;
    this.directoryId = directoryId;
    this.writer = writer;
    this.staged = staged;
    this.subdirectories = subdirectories;
    this.holds = Decider.Holds.of(directory.store());
  }

  /**
   * What the next pairs come from.
   *
   * @param newest the mounts as they are now
   * @param listingIndex state index before the store was asked
   */
  void from(MountTable newest, long listingIndex) {
    mounts = newest;
    index = listingIndex;
  }

  /** Something in the directory is not known, so nothing of it may be taken away. */
  void setUnknown() {
    unknown = true;
  }

  boolean isUnknown() {
    return unknown;
  }

  /** Whether anything was staged. */
  boolean holdsDeletes() {
    return holdsDeletes;
  }

  /** The store has an entry that it cannot read, or that the namespace cannot hold. */
  void unreadable(UnreadableEntry entry) {
    unreadable(entry.name(), "STORE_REFUSED", entry.reason());
  }

  void unreadable(String name, String code, String reason) {
    unknown = true;
    String path = (directory.path().isRoot() ? "/" : directory.path() + "/") + name;
    context.progress().unreadable(path, code, reason);
  }

  /** To be called where a wait for the journal may have been interrupted. */
  void checkInterrupted() throws InterruptedException {
    if (interrupted != null) {
      throw interrupted;
    }
  }

  private boolean holdsMount(String name) {
    if (!mounts.holdsMountBelow(directory.path())) {
      return false;
    }
    NamespacePath path = directory.path().child(name);
    return mounts.isMountPointOrAbove(path);
  }

  @Override
  public void onlyInStore(UfsStatus status) {
    if (!NamespacePath.isValidComponent(status.name())
        || !CutDirectories.fits(directory.path(), status.name())) {
      unreadable(status.name(), "INVALID_PATH", "the namespace cannot hold this name");
      return;
    }
    countSeen(status);
    write(Decider.onlyInStore(status));
    if (status.isDirectory()) {
      subdirectories.made(status.name());
    }
  }

  @Override
  public void onlyInNamespace(String name, byte[] row) {
    if (context.refresh()) {
      boolean mount = holdsMount(name);
      Decider.onlyInNamespace(name, row, mount).ifPresent(this::collect);
      if (mount && isToCompare(name, row)) {
        subdirectories.kept(name);
      }
    }
  }

  @Override
  public void inBoth(UfsStatus status, byte[] row) {
    countSeen(status);
    boolean mount = holdsMount(status.name());
    if (status.isDirectory() && isToCompare(status.name(), row)) {
      subdirectories.known(status.name());
    }
    if (!context.refresh()) {
      context.progress().unchanged.increment();
      return;
    }
    if (mount && !status.isDirectory() && isToCompare(status.name(), row)) {
      subdirectories.kept(status.name());
    }
    // A row that has changed since the listing is decided about again when this is written.
    Optional<SyncDecision> decision = Decider.inBoth(status, row, mount, holds);
    if (decision.isEmpty()) {
      context.progress().unchanged.increment();
    } else if (decision.get().removes()) {
      collect(decision.get());
    } else {
      write(decision.get());
      if (status.isDirectory() && !InodeRow.isDirectory(row)) {
        subdirectories.made(status.name());
      }
    }
  }

  /** Whether it is a directory of this mount. */
  private boolean isToCompare(String name, byte[] row) {
    return InodeRow.isDirectory(row)
        && !(holdsMount(name) && mounts.isMountPoint(directory.path().child(name)));
  }

  private void countSeen(UfsStatus status) {
    if (!status.isDirectory()) {
      context.progress().files.increment();
    }
  }

  private void write(SyncDecision decision) {
    try {
      if (interrupted == null) {
        writer.write(new SyncWriter.Pending(directory, directoryId, decision, index));
      }
    } catch (InterruptedException e) {
      interrupted = e;
    }
  }

  private void collect(SyncDecision decision) {
    holdsDeletes = true;
    staged.add(new SyncWriter.Pending(directory, directoryId, decision, index));
  }
}
