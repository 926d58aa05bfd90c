package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The pages of one listing for one run, one ahead of their reader: the first may be asked for
 * before anybody wants it, and each later one while the one before is compared. Pages are asked for
 * one at a time; read by one thread at a time.
 *
 * @param <P> the page
 */
final class PagesAhead<P> implements AutoCloseable {
  /** Where pages come from. Used by one thread at a time, not always the same. */
  interface Source<P> {
    /** Asks the store for the next page; its failure is the reader's. */
    P ask();

    /** Entries that a page takes room for. */
    int entries(P page);

    boolean isLast(P page);

    /** Nothing more is asked for. */
    void close();
  }

  private final ListingsAhead listings;
  private final Source<P> source;
  private volatile FutureTask<P> next;
  private boolean first = true;
  // Guarded by this.
  private int held;
  private boolean asking;
  private boolean closed;

  PagesAhead(ListingsAhead listings, Source<P> source) {
    this.listings = listings;
    this.source = source;
    this.next = new FutureTask<>(this::fetch);
  }

  /** Asks for the first page on a thread of its own, if there is room and a thread for it. */
  synchronized boolean ahead() {
    if (closed || held > 0 || next.isDone() || !listings.reserve()) {
      return false;
    }
    held = ListingsAhead.PAGE;
    if (listings.submit(next)) {
      return true;
    }
    release();
    return false;
  }

  /** Whether the next page is there, or has failed. */
  boolean isReady() {
    return next.isDone();
  }

  private P fetch() {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("nobody wants this listing any more");
      }
      asking = true;
    }
    try {
      P page = source.ask();
      got(source.entries(page));
      return page;
    } finally {
      answered();
    }
  }

  private void answered() {
    boolean abandoned;
    synchronized (this) {
      asking = false;
      abandoned = closed;
    }
    if (abandoned) {
      end();
    }
  }

  private synchronized void got(int entries) {
    if (held > entries) {
      listings.release(held - entries);
      held = entries;
    }
  }

  private synchronized void release() {
    if (held > 0) {
      listings.release(held);
      held = 0;
    }
  }

  /**
   * The next page; asks for it if nobody has.
   *
   * @throws io.cadastre.ufs.spi.UfsException as the store's listing does
   */
  P next() throws InterruptedException {
    FutureTask<P> wanted = next;
    if (first) {
      listings.wanted(wanted.isDone());
      first = false;
    }
    wanted.run();
    P page;
    try {
      page = wanted.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new MetadataException(
          ErrorCode.INTERNAL, "A listing failed: " + e.getCause(), e.getCause());
    }
    release();
    if (!source.isLast(page)) {
      next = new FutureTask<>(this::fetch);
      ahead();
    }
    return page;
  }

  /** A page that is being asked for is not waited for; who asked puts the listing away then. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (asking) {
        return;
      }
    }
    end();
  }

  private void end() {
    release();
    source.close();
  }
}
