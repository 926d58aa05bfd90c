package io.cadastre.server.sync;

import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Compares one directory with its store: a merge join of the store's listing, page by page, with
 * the directory's rows. Creates, updates and replacements are handed to the writer as they come,
 * deletes to the collector. An entry that the store cannot read is unknown: counted, named, and
 * left as it is.
 */
final class DirectorySync {
  /**
   * What came of it.
   *
   * @param complete whether the listing ended without anything unknown
   * @param holdsDeletes whether deletes of this directory wait for the end of the run
   * @param index state index before the store was asked
   * @param millis cluster time before the store was asked
   */
  record Outcome(boolean complete, boolean holdsDeletes, long index, long millis) {}

  private final SyncContext context;
  private final SyncWriter writer;
  private final DeleteSpill staged;
  private final DeleteCollector deletes;

  /** Told of the directories in the directory, in order of their names. */
  interface Subdirectories {
    /** Both sides have it. */
    void known(String name);

    /** The store has it; the namespace will once the writer has finished. */
    void made(String name);

    /** What came from one page is with the writer. */
    void pageEnded() throws InterruptedException;
  }

  /**
   * @param staged where deletes wait for the end of the listing; empty, and left so
   * @param deletes where they go then
   */
  DirectorySync(
      SyncContext context, SyncWriter writer, DeleteSpill staged, DeleteCollector deletes) {
    this.context = context;
    this.writer = writer;
    this.staged = staged;
    this.deletes = deletes;
  }

  /**
   * Syncs the entries of a directory that the namespace knows.
   *
   * @param listing of it, from the start
   * @throws UfsException ABSENT if the store does not have the directory
   */
  Outcome run(
      SyncTarget directory,
      long directoryId,
      DirectoryListing listing,
      Subdirectories subdirectories)
      throws InterruptedException {
    Page page = null;
    boolean ended = false;
    try {
      boolean last = false;
      while (!last) {
        UfsListing.Page next = listing.next();
        last = next.last();
        if (page == null) {
          page = new Page(directory, directoryId, listing.index(), subdirectories);
        }
        page.join(next);
        if (context.leadership().isClosed()) {
          throw new InterruptedException("the term is over");
        }
        subdirectories.pageEnded();
      }
      ended = true;
    } finally {
      if (!ended || page.unknown) {
        deletes.drop(staged);
      }
    }
    context.progress().directories.increment();
    boolean holdsDeletes = !staged.isEmpty();
    deletes.take(staged);
    return new Outcome(!page.unknown, holdsDeletes, listing.index(), listing.millis());
  }

  /** One listing's pages, joined in order. */
  private final class Page implements MergeJoin.Pairs {
    private final SyncTarget directory;
    private final long directoryId;
    private final long index;
    private final Subdirectories subdirectories;
    private final Decider.Holds holds;
    private final MergeJoin join = new MergeJoin();
    private final Set<String> unreadable = new HashSet<>();
    private byte[] from;
    private boolean anyEntry;
    private boolean unknown;
    private AppliedView view;
    private InterruptedException interrupted;

    Page(SyncTarget directory, long directoryId, long index, Subdirectories subdirectories) {
      this.directory = directory;
      this.holds = Decider.Holds.of(directory.store());
      this.directoryId = directoryId;
      this.index = index;
      this.subdirectories = subdirectories;
      this.from = KeyLayout.firstChild(directoryId);
    }

    void join(UfsListing.Page page) throws InterruptedException {
      anyEntry |= !page.entries().isEmpty() || !page.unreadable().isEmpty();
      String upTo =
          page.entries().isEmpty() ? null : page.entries().get(page.entries().size() - 1).name();
      for (UfsListing.UnreadableEntry entry : page.unreadable()) {
        unknown = true;
        unreadable.add(entry.name());
        String path = (directory.path().isRoot() ? "/" : directory.path() + "/") + entry.name();
        context.progress().unreadable(path, "STORE_REFUSED", entry.reason());
      }
      try (AppliedView newest = context.leadership().view()) {
        view = newest;
        try (RowCursor rows =
            newest.scan(Family.CHILDREN, from, KeyLayout.afterChildren(directoryId))) {
          if (page.last()
              && !anyEntry
              && directory.isRoot()
              && rows.valid()
              && !context.overrideGuard()) {
            unknown = true;
            throw new MetadataException(
                io.cadastre.core.error.ErrorCode.STORE_ROOT_CHANGED,
                "The store's root is empty, but entries of it are known; nothing is deleted because"
                    + " of that");
          }
          join.join(page.entries(), rows, page.last(), upTo, this);
          if (upTo != null) {
            unreadable.removeIf(name -> NamespacePath.compareNames(name, upTo) <= 0);
            from = KeyLayout.after(KeyLayout.child(directoryId, upTo));
          }
        }
      } finally {
        view = null;
      }
      if (interrupted != null) {
        throw interrupted;
      }
    }

    private boolean holdsMount(String name) {
      if (!view.mounts().holdsMountBelow(directory.path())) {
        return false;
      }
      NamespacePath path = directory.path().child(name);
      return view.mounts().isMountPoint(path) || view.mounts().holdsMountBelow(path);
    }

    @Override
    public void onlyInStore(UfsStatus status) {
      if (!NamespacePath.isValidComponent(status.name())) {
        unknown = true;
        context
            .progress()
            .unreadable(
                directory.path() + "/" + status.name(),
                "INVALID_PATH",
                "the namespace cannot hold this name");
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
      if (!context.refresh() || unreadable.contains(name)) {
        return;
      }
      Optional<SyncDecision> decision = Decider.onlyInNamespace(name, row, holdsMount(name));
      decision.ifPresent(this::collect);
    }

    @Override
    public void inBoth(UfsStatus status, byte[] row) {
      countSeen(status);
      boolean mount = holdsMount(status.name());
      if (status.isDirectory()
          && !(mount && view.mounts().isMountPoint(directory.path().child(status.name())))) {
        if (InodeRow.isDirectory(row)) {
          subdirectories.known(status.name());
        } else {
          subdirectories.made(status.name());
        }
      }
      if (!context.refresh()) {
        context.progress().unchanged.increment();
        return;
      }
      if (InodeRow.changeIndex(row) > index) {
        context.progress().skipped.increment();
        return;
      }
      Optional<SyncDecision> decision = Decider.inBoth(status, row, mount, holds);
      if (decision.isEmpty()) {
        context.progress().unchanged.increment();
      } else if (decision.get().removes()) {
        collect(decision.get());
      } else {
        write(decision.get());
      }
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
      staged.add(new SyncWriter.Pending(directory, directoryId, decision, index));
    }
  }
}
