package io.cadastre.ufs.decorate;

import io.cadastre.core.time.TimeSource;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Sends no more requests to a store than a rate allows: each waits, in its caller's thread, for its
 * turn. One whose turn would come after its deadline fails at once and was not sent. A lookup, a
 * page, a change counts as one request, whatever it costs the store; the look at the root that
 * comes with each does not count.
 */
public final class RatedUnderFileSystem extends ForwardingUnderFileSystem {
  /** How a thread waits. */
  @FunctionalInterface
  public interface Waiter {
    void await(long nanos) throws InterruptedException;
  }

  private final RequestRate rate;
  private final Waiter waiter;
  private final LongConsumer waited;

  /**
   * Wraps a store.
   *
   * @param waited told of each wait, in nanoseconds
   */
  public RatedUnderFileSystem(UnderFileSystem store, int perSecond, LongConsumer waited) {
    this(store, perSecond, waited, TimeSource.system(), TimeUnit.NANOSECONDS::sleep);
  }

  /** As above, on this clock. */
  public RatedUnderFileSystem(
      UnderFileSystem store, int perSecond, LongConsumer waited, TimeSource time, Waiter waiter) {
    super(store);
    this.rate = new RequestRate(perSecond, time);
    this.waiter = waiter;
    this.waited = waited;
  }

  private void await(StoreDeadline deadline) {
    long nanos = rate.take(deadline);
    if (nanos == 0) {
      return;
    }
    waited.accept(nanos);
    try {
      waiter.await(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UfsException(Kind.UNAVAILABLE, "Interrupted before the store was asked", e);
    }
  }

  /** Asked with every request, and hardly ever a request of its own: it takes no turn. */
  @Override
  public String rootIdentity(StoreDeadline deadline) {
    return store.rootIdentity(deadline);
  }

  @Override
  public StoreLookup status(String path, StoreDeadline deadline) {
    try {
      await(deadline);
    } catch (UfsException e) {
      return StoreLookup.unknown(e);
    }
    return store.status(path, deadline);
  }

  /** The pages are the requests. */
  @Override
  public UfsListing list(String path, String startAfter, StoreDeadline deadline) {
    UfsListing listing = store.list(path, startAfter, deadline);
    return new UfsListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        RatedUnderFileSystem.this.await(deadline);
        return listing.next(deadline);
      }

      @Override
      public void close() {
        listing.close();
      }
    };
  }

  @Override
  public UfsFlatListing listFlat(
      String path, String startAfter, String endAt, StoreDeadline deadline) {
    UfsFlatListing listing = store.listFlat(path, startAfter, endAt, deadline);
    return new UfsFlatListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        RatedUnderFileSystem.this.await(deadline);
        return listing.next(deadline);
      }

      @Override
      public void close() {
        listing.close();
      }
    };
  }

  @Override
  public List<String> splitPoints(String path, int ranges, StoreDeadline deadline) {
    // A few requests to the store, counted as one.
    await(deadline);
    return store.splitPoints(path, ranges, deadline);
  }

  @Override
  public UfsStatus createDirectory(String path, UfsAttributes attributes, StoreDeadline deadline) {
    await(deadline);
    return store.createDirectory(path, attributes, deadline);
  }

  @Override
  public UfsStatus createFile(String path, UfsAttributes attributes, StoreDeadline deadline) {
    await(deadline);
    return store.createFile(path, attributes, deadline);
  }

  @Override
  public void delete(String path, String expectedFingerprint, StoreDeadline deadline) {
    await(deadline);
    store.delete(path, expectedFingerprint, deadline);
  }

  @Override
  public void deleteRecursive(String path, StoreDeadline deadline) {
    await(deadline);
    store.deleteRecursive(path, deadline);
  }

  @Override
  public UfsStatus rename(
      String source, String destination, String expectedFingerprint, StoreDeadline deadline) {
    await(deadline);
    return store.rename(source, destination, expectedFingerprint, deadline);
  }

  @Override
  public UfsStatus setAttributes(String path, UfsAttributes attributes, StoreDeadline deadline) {
    await(deadline);
    return store.setAttributes(path, attributes, deadline);
  }
}
