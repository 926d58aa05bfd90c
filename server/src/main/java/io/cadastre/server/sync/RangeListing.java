package io.cadastre.server.sync;

import io.cadastre.journal.apply.AppliedView;
import io.cadastre.ufs.spi.UfsFlatListing;

/**
 * The keys of one range, a page ahead of their reader, in stretches of some pages: a listing shows
 * what was there at some moment since it was opened, so what changed after that is left alone. A
 * range may take hours; so it is not listed at one go. Read by one thread at a time.
 */
final class RangeListing implements AutoCloseable {
  private final SyncContext context;
  private final SyncTarget top;
  private final PagesAhead<Page> pages;
  private final KeyRange range;
  // Written by who asks for a page, read by who asks for the next.
  private UfsFlatListing listing;
  private final Stretch stretch = new Stretch();
  private String startAfter;
  private long index;
  private long millis;

  /**
   * A page.
   *
   * @param index state index before the listing was opened that it is of
   * @param millis cluster time of that
   */
  record Page(UfsFlatListing.Page page, long index, long millis) {
    int size() {
      return page.entries().size() + page.unreadable().size();
    }
  }

  RangeListing(SyncContext context, SyncTarget top, KeyRange range) {
    this.context = context;
    this.top = top;
    this.range = range;
    this.startAfter = range.startAfter().isEmpty() ? null : range.startAfter();
    this.pages = new PagesAhead<>(context.listings(), new Source());
  }

  /** Asks the store page by page. */
  private final class Source implements PagesAhead.Source<Page> {
    @Override
    public Page ask() {
      if (listing == null) {
        open();
      }
      context.progress().listings.increment();
      UfsFlatListing.Page page = listing.next(context.storeDeadline());
      stretch.read(page.entries().isEmpty() && page.unreadable().isEmpty());
      // What a page cannot read may be its last key, and not the very key.
      if (stretch.isOver() && !page.entries().isEmpty() && page.unreadable().isEmpty()) {
        startAfter = page.entries().get(page.entries().size() - 1).key();
        close();
      }
      return new Page(page, index, millis);
    }

    private void open() {
      millis = context.leadership().clock().millis();
      try (AppliedView view = context.leadership().view()) {
        index = view.stateIndex();
      }
      stretch.begin();
      listing =
          top.store().listFlat(top.storePath(), startAfter, range.endAt(), context.storeDeadline());
    }

    @Override
    public int entries(Page page) {
      return page.size();
    }

    @Override
    public boolean isLast(Page page) {
      return page.page().last();
    }

    @Override
    public void close() {
      if (listing != null) {
        listing.close();
        listing = null;
      }
    }
  }

  boolean ahead() {
    return pages.ahead();
  }

  /** Whether the next page is there. */
  boolean isReady() {
    return pages.isReady();
  }

  /**
   * The next page; asks for it if nobody has.
   *
   * @throws io.cadastre.ufs.spi.UfsException as {@link UfsFlatListing#next}
   */
  Page next() throws InterruptedException {
    return pages.next();
  }

  @Override
  public void close() {
    pages.close();
  }
}
