package io.cadastre.ufs.decorate;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsListing;

/**
 * A listing whose pages are read by the threads of a {@link RequestPool}. If a page was cut off,
 * the wrapped listing is still in use by the stuck thread: then that thread closes it when it is
 * done.
 */
final class CutOffListing implements UfsListing {
  private final RequestPool pool;
  private final UfsListing listing;
  private final Object lock = new Object();
  private boolean reading;
  private boolean closeWhenRead;
  private boolean failed;

  CutOffListing(RequestPool pool, UfsListing listing) {
    this.pool = pool;
    this.listing = listing;
  }

  @Override
  public Page next(StoreDeadline deadline) {
    if (failed) {
      throw new IllegalStateException("the listing has failed or is closed");
    }
    try {
      return pool.call(() -> read(deadline), deadline);
    } catch (UfsException e) {
      failed = true;
      throw e;
    }
  }

  private Page read(StoreDeadline deadline) {
    synchronized (lock) {
      if (closeWhenRead) {
        throw new IllegalStateException("the listing is closed");
      }
      reading = true;
    }
    try {
      return listing.next(deadline);
    } finally {
      boolean close;
      synchronized (lock) {
        reading = false;
        close = closeWhenRead;
      }
      if (close) {
        listing.close();
      }
    }
  }

  @Override
  public void close() {
    failed = true;
    synchronized (lock) {
      if (closeWhenRead) {
        return;
      }
      closeWhenRead = true;
      if (reading) {
        return;
      }
    }
    listing.close();
  }
}
