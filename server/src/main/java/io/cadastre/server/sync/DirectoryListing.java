package io.cadastre.server.sync;

import io.cadastre.journal.apply.AppliedView;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsListing;
import java.util.List;

/**
 * One directory's listing for one run, a page ahead of its reader. Carries the state index and the
 * time of the moment before the store was first asked, whoever asked: what changes after that is
 * left alone. Read by one thread.
 */
final class DirectoryListing implements AutoCloseable {
  private final SyncContext context;
  private final SyncTarget directory;
  private final boolean nothing;
  private final PagesAhead<UfsListing.Page> pages;
  // Written by who asks for a page, read by who got it.
  private UfsListing listing;
  private long index;
  private long millis;

  DirectoryListing(SyncContext context, SyncTarget directory) {
    this(context, directory, false);
  }

  private DirectoryListing(SyncContext context, SyncTarget directory, boolean nothing) {
    this.context = context;
    this.directory = directory;
    this.nothing = nothing;
    this.pages = new PagesAhead<>(context.listings(), new Source());
  }

  /** An empty listing, of a directory that the store does not have, as one lookup confirms. */
  static DirectoryListing ofNothing(SyncContext context, SyncTarget directory) {
    return new DirectoryListing(context, directory, true);
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
        if (nothing) {
          return absent();
        }
        context.progress().listings.increment();
        listing = directory.store().list(directory.storePath(), null, context.storeDeadline());
      }
      return listing.next(context.storeDeadline());
    }

    private UfsListing.Page absent() {
      StoreLookup lookup = context.lookup(directory);
      if (lookup instanceof StoreLookup.Unknown unknown) {
        throw unknown.cause();
      }
      if (lookup instanceof StoreLookup.Present present && present.status().isDirectory()) {
        throw new UfsException(
            UfsException.Kind.UNAVAILABLE, "It came back while it was looked at; compare it again");
      }
      return new UfsListing.Page(List.of(), List.of(), true);
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
