package io.cadastre.ufs.decorate;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import java.util.function.Function;

/**
 * The pages of a listing, read by the threads of a {@link RequestPool}. If a page was cut off, the
 * wrapped listing is still in use by the stuck thread: then that thread closes it when it is done.
 *
 * @param <P> the page
 */
final class CutOffPages<P> {
  private final RequestPool pool;
  private final Function<StoreDeadline, P> reader;
  private final Runnable closer;
  private final Object lock = new Object();
  private boolean reading;
  private boolean closeWhenRead;
  private boolean failed;

  /**
   * @param reader reads the next page of the wrapped listing
   * @param closer closes the wrapped listing
   */
  CutOffPages(RequestPool pool, Function<StoreDeadline, P> reader, Runnable closer) {
    this.pool = pool;
    this.reader = reader;
    this.closer = closer;
  }

  P next(StoreDeadline deadline) {
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

  private P read(StoreDeadline deadline) {
    synchronized (lock) {
      if (closeWhenRead) {
        throw new IllegalStateException("the listing is closed");
      }
      reading = true;
    }
    try {
      return reader.apply(deadline);
    } finally {
      boolean close;
      synchronized (lock) {
        reading = false;
        close = closeWhenRead;
      }
      if (close) {
        closer.run();
      }
    }
  }

  void close() {
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
    closer.run();
  }
}
