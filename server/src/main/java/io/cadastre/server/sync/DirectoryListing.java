package io.cadastre.server.sync;

import io.cadastre.journal.apply.AppliedView;
import io.cadastre.ufs.spi.UfsListing;

/**
 * One directory's listing for one run, a page ahead of its reader. Carries the state index and the
 * time of the moment before the store was first asked, whoever asked: what changes after that is
 * left alone. Read by one thread.
 */
final class DirectoryListing implements AutoCloseable {
  private final SyncContext context;
  private final SyncTarget directory;
  private final PagesAhead<UfsListing.Page> pages;
  // Written by who asks for a page, read by who got it.
  private UfsListing listing;
  private long index;
  private long millis;

  DirectoryListing(SyncContext context, SyncTarget directory) {
    this.context = context;
    this.directory = directory;
    this.pages = new PagesAhead<>(context.listings(), new Source());
  }

  /** Asks the store page by page. */
  private final class Source implements PagesAhead.Source<UfsListing.Page> {
    @Override
    public UfsListing.Page ask() {
      if (listing == null) {
        millis = context.leadership().clock().millis();
        try (AppliedView view = context.leadership().view()) {
          index = view.stateIndex();
        }
        context.progress().listings.increment();
        listing = directory.store().list(directory.storePath(), null, context.storeDeadline());
      }
      return listing.next(context.storeDeadline());
    }

    @Override
    public int entries(UfsListing.Page page) {
      return page.entries().size();
    }

    @Override
    public boolean isLast(UfsListing.Page page) {
      return page.last();
    }

    @Override
    public void close() {
      if (listing != null) {
        listing.close();
      }
    }
  }

  /** Asks for the first page on a thread of its own, if there is room and a thread for it. */
  boolean ahead() {
    return pages.ahead();
  }

  /**
   * The next page; asks for it if nobody has.
   *
   * @throws io.cadastre.ufs.spi.UfsException as the store's listing does
   */
  UfsListing.Page next() throws InterruptedException {
    return pages.next();
  }

  /** State index before the store was first asked; once a page is there. */
  long index() {
    return index;
  }

  /** Cluster time before the store was first asked; once a page is there. */
  long millis() {
    return millis;
  }

  @Override
  public void close() {
    pages.close();
  }
}
