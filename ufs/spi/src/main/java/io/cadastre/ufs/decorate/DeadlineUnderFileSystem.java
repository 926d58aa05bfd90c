package io.cadastre.ufs.decorate;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.List;
import java.util.function.Supplier;

/**
 * Cuts callers loose from a store that hangs: every request runs on a thread of this wrapper, and
 * its caller waits no longer than its deadline. The thread stays with the store until that answers;
 * at most `threads` of them exist, and when all are stuck in requests that nobody waits for any
 * more, every call fails at once as UNAVAILABLE until one comes back.
 *
 * <p>A mutation that is cut off is UNKNOWN: the store may do it at any later time. The abandoned
 * thread is interrupted, which stops what can be stopped.
 */
public final class DeadlineUnderFileSystem extends ForwardingUnderFileSystem {
  /** Default number of threads per mount. */
  public static final int DEFAULT_THREADS = 32;

  private final RequestPool pool;

  /**
   * Wraps a store.
   *
   * @param threads most requests at once; at least 1. More callers wait for a thread, up to their
   *     deadlines.
   */
  public DeadlineUnderFileSystem(UnderFileSystem store, int threads) {
    super(store);
    this.pool = new RequestPool(store.uriOf(""), threads);
  }

  /** Requests that nobody waits for any more and that the store has not answered. */
  public int stuckRequests() {
    return pool.stuck();
  }

  @Override
  public String rootIdentity(StoreDeadline deadline) {
    return pool.call(() -> store.rootIdentity(deadline), deadline);
  }

  @Override
  public StoreLookup status(String path, StoreDeadline deadline) {
    try {
      return pool.call(() -> store.status(path, deadline), deadline);
    } catch (UfsException e) {
      return StoreLookup.unknown(e);
    }
  }

  @Override
  public UfsListing list(String path, String startAfter, StoreDeadline deadline) {
    UfsListing listing =
        pool.call(() -> store.list(path, startAfter, deadline), UfsListing::close, deadline);
    CutOffPages<UfsListing.Page> pages = new CutOffPages<>(pool, listing::next, listing::close);
    return new UfsListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        return pages.next(deadline);
      }

      @Override
      public void close() {
        pages.close();
      }
    };
  }

  @Override
  public UfsFlatListing listFlat(
      String path, String startAfter, String endAt, StoreDeadline deadline) {
    UfsFlatListing listing =
        pool.call(
            () -> store.listFlat(path, startAfter, endAt, deadline),
            UfsFlatListing::close,
            deadline);
    CutOffPages<UfsFlatListing.Page> pages = new CutOffPages<>(pool, listing::next, listing::close);
    return new UfsFlatListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        return pages.next(deadline);
      }

      @Override
      public void close() {
        pages.close();
      }
    };
  }

  @Override
  public List<String> splitPoints(String path, int ranges, StoreDeadline deadline) {
    return pool.call(() -> store.splitPoints(path, ranges, deadline), deadline);
  }

  @Override
  public UfsStatus createDirectory(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return pool.call(() -> store.createDirectory(path, attributes, deadline), deadline);
  }

  @Override
  public UfsStatus createFile(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return pool.call(() -> store.createFile(path, attributes, deadline), deadline);
  }

  @Override
  public void delete(String path, String expectedFingerprint, StoreDeadline deadline) {
    run(() -> store.delete(path, expectedFingerprint, deadline), deadline);
  }

  @Override
  public void deleteRecursive(String path, StoreDeadline deadline) {
    run(() -> store.deleteRecursive(path, deadline), deadline);
  }

  @Override
  public UfsStatus rename(
      String source, String destination, String expectedFingerprint, StoreDeadline deadline) {
    return pool.call(
        () -> store.rename(source, destination, expectedFingerprint, deadline), deadline);
  }

  @Override
  public UfsStatus setAttributes(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return pool.call(() -> store.setAttributes(path, attributes, deadline), deadline);
  }

  private void run(Runnable request, StoreDeadline deadline) {
    Supplier<Boolean> done =
        () -> {
          request.run();
          return true;
        };
    pool.call(done, deadline);
  }

  /** Closes the store, without waiting for requests that are stuck in it. */
  @Override
  public void close() {
    pool.close();
    store.close();
  }
}
