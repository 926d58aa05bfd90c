package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.ufs.spi.UfsListing;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * One directory's listing for one run, a page ahead of its reader: the first page may be asked for
 * before anybody wants it, and each later one while the one before is compared. Carries the state
 * index and the time of the moment before the store was first asked, whoever asked: what changes
 * after that is left alone. Pages are asked for one at a time; read by one thread.
 */
final class DirectoryListing implements AutoCloseable {
  private final SyncContext context;
  private final SyncTarget directory;
  private FutureTask<UfsListing.Page> next;
  // Written by who asks for a page, read by who got it.
  private UfsListing listing;
  private long index;
  private long millis;
  private boolean first = true;
  private int held;
  private boolean asking;
  private boolean closed;

  DirectoryListing(SyncContext context, SyncTarget directory) {
    this.context = context;
    this.directory = directory;
    this.next = new FutureTask<>(this::fetch);
  }

  /** Asks for the first page on a thread of its own, if there is room and a thread for it. */
  synchronized boolean ahead() {
    if (closed || held > 0 || !context.listings().reserve()) {
      return false;
    }
    held = ListingsAhead.PAGE;
    if (context.listings().submit(next)) {
      return true;
    }
    release();
    return false;
  }

  private UfsListing.Page fetch() {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("nobody wants this listing any more");
      }
      asking = true;
    }
    try {
      if (listing == null) {
        millis = context.leadership().clock().millis();
        try (AppliedView view = context.leadership().view()) {
          index = view.stateIndex();
        }
        context.progress().listings.increment();
        listing = directory.store().list(directory.storePath(), null, context.storeDeadline());
      }
      UfsListing.Page page = listing.next(context.storeDeadline());
      got(page.entries().size());
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
      context.listings().release(held - entries);
      held = entries;
    }
  }

  private synchronized void release() {
    if (held > 0) {
      context.listings().release(held);
      held = 0;
    }
  }

  /**
   * The next page; asks for it if nobody has.
   *
   * @throws io.cadastre.ufs.spi.UfsException as the store's listing does
   */
  UfsListing.Page next() throws InterruptedException {
    FutureTask<UfsListing.Page> wanted = next;
    if (first) {
      context.listings().wanted(wanted.isDone());
      first = false;
    }
    wanted.run();
    UfsListing.Page page;
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
    if (!page.last()) {
      next = new FutureTask<>(this::fetch);
      ahead();
    }
    return page;
  }

  /** State index before the store was first asked; once a page is there. */
  long index() {
    return index;
  }

  /** Cluster time before the store was first asked; once a page is there. */
  long millis() {
    return millis;
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
    if (listing != null) {
      listing.close();
    }
  }
}
