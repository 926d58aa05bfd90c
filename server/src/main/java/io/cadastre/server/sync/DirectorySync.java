package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.HashSet;
import java.util.Set;

/**
 * Compares one directory with its store: a merge join of the store's listing, page by page, with
 * the directory's rows. Creates, updates and replacements are handed to the writer as they come,
 * deletes to the collector. An entry that the store cannot read is unknown: counted, named, and
 * left as it is.
 */
final class DirectorySync {
  /** An empty root where entries are known says nothing. */
  static final String ROOT_IS_EMPTY =
      "The store's root is empty, but entries of it are known; nothing is deleted because of that";

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

  /** Told of the directories in the directory, in order of their names, and of the end of pages. */
  interface Subdirectories extends DirectoryPairs.Subdirectories {
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
    Pages pages = null;
    boolean ended = false;
    try {
      boolean last = false;
      while (!last) {
        UfsListing.Page next = listing.next();
        last = next.last();
        if (pages == null) {
          pages = new Pages(directory, directoryId, listing.index(), subdirectories);
        }
        pages.join(next);
        if (context.leadership().isClosed()) {
          throw new InterruptedException("the term is over");
        }
        subdirectories.pageEnded();
      }
      ended = true;
    } finally {
      if (!ended || pages.isUnknown()) {
        deletes.drop(staged);
      }
    }
    context.progress().directories.increment();
    boolean holdsDeletes = !staged.isEmpty();
    deletes.take(staged);
    return new Outcome(!pages.isUnknown(), holdsDeletes, listing.index(), listing.millis());
  }

  /** One listing's pages, joined in order. */
  private final class Pages implements MergeJoin.Pairs {
    private final SyncTarget directory;
    private final long directoryId;
    private final long index;
    private final DirectoryPairs pairs;
    private final MergeJoin join = new MergeJoin();
    private final Set<String> unreadable = new HashSet<>();
    private byte[] from;
    private boolean anyEntry;

    Pages(SyncTarget directory, long directoryId, long index, Subdirectories subdirectories) {
      this.directory = directory;
      this.directoryId = directoryId;
      this.index = index;
      this.pairs =
          new DirectoryPairs(context, directory, directoryId, writer, staged, subdirectories);
      this.from = KeyLayout.firstChild(directoryId);
    }

    boolean isUnknown() {
      return pairs.isUnknown();
    }

    void join(UfsListing.Page page) throws InterruptedException {
      anyEntry |= !page.entries().isEmpty() || !page.unreadable().isEmpty();
      String upTo =
          page.entries().isEmpty() ? null : page.entries().get(page.entries().size() - 1).name();
      for (UfsListing.UnreadableEntry entry : page.unreadable()) {
        unreadable.add(entry.name());
        pairs.unreadable(entry);
      }
      try (AppliedView view = context.leadership().view();
          RowCursor rows = view.scan(Family.CHILDREN, from, KeyLayout.afterChildren(directoryId))) {
        if (page.last()
            && !anyEntry
            && directory.isRoot()
            && !context.overrideGuard()
            && EntryCounter.expectsAny(view, directory.path(), directoryId)) {
          pairs.setUnknown();
          throw new MetadataException(ErrorCode.STORE_ROOT_CHANGED, ROOT_IS_EMPTY);
        }
        if (!directory.isOn(view.mounts())) {
          // Another store was mounted there since it was listed: those are its rows.
          pairs.setUnknown();
          return;
        }
        pairs.from(view.mounts(), index);
        join.join(page.entries(), rows, page.last(), upTo, this);
        if (upTo != null) {
          unreadable.removeIf(name -> NamespacePath.compareNames(name, upTo) <= 0);
          from = KeyLayout.after(KeyLayout.child(directoryId, upTo));
        }
      }
      pairs.checkInterrupted();
    }

    @Override
    public void onlyInStore(UfsStatus status) {
      pairs.onlyInStore(status);
    }

    @Override
    public void onlyInNamespace(String name, byte[] row) {
      if (!unreadable.contains(name)) {
        pairs.onlyInNamespace(name, row);
      }
    }

    @Override
    public void inBoth(UfsStatus status, byte[] row) {
      pairs.inBoth(status, row);
    }
  }
}
