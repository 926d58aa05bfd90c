package io.cadastre.ufs.decorate;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counts what is asked of a store, failed requests included. Adds no lock and no wait. */
public final class CountingUnderFileSystem extends ForwardingUnderFileSystem {
  private final LongAdder lookups = new LongAdder();
  private final LongAdder listings = new LongAdder();
  private final LongAdder flatListings = new LongAdder();
  private final LongAdder splits = new LongAdder();
  private final LongAdder pages = new LongAdder();
  private final LongAdder entries = new LongAdder();
  private final LongAdder mutations = new LongAdder();
  private final LongAdder identities = new LongAdder();

  public CountingUnderFileSystem(UnderFileSystem store) {
    super(store);
  }

  /**
   * Requests since the store was opened.
   *
   * @param lookups calls of status
   * @param listings listings opened
   * @param flatListings flat listings opened
   * @param splits questions for split points
   * @param pages pages read, of listings of either kind
   * @param entries entries in those pages, unreadable ones included
   * @param mutations calls that were to change something
   * @param identities questions for the root's identity
   */
  public record Counts(
      long lookups,
      long listings,
      long flatListings,
      long splits,
      long pages,
      long entries,
      long mutations,
      long identities) {

    /** What was asked since an earlier snapshot. */
    public Counts since(Counts earlier) {
      return new Counts(
          lookups - earlier.lookups,
          listings - earlier.listings,
          flatListings - earlier.flatListings,
          splits - earlier.splits,
          pages - earlier.pages,
          entries - earlier.entries,
          mutations - earlier.mutations,
          identities - earlier.identities);
    }
  }

  /** The counts now; each is exact by itself, they are not read at one instant. */
  public Counts counts() {
    return new Counts(
        lookups.sum(),
        listings.sum(),
        flatListings.sum(),
        splits.sum(),
        pages.sum(),
        entries.sum(),
        mutations.sum(),
        identities.sum());
  }

  @Override
  public String rootIdentity(StoreDeadline deadline) {
    identities.increment();
    return store.rootIdentity(deadline);
  }

  @Override
  public StoreLookup status(String path, StoreDeadline deadline) {
    lookups.increment();
    return store.status(path, deadline);
  }

  @Override
  public UfsListing list(String path, String startAfter, StoreDeadline deadline) {
    listings.increment();
    UfsListing listing = store.list(path, startAfter, deadline);
    return new UfsListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        pages.increment();
        Page page = listing.next(deadline);
        entries.add(page.entries().size() + page.unreadable().size());
        return page;
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
    flatListings.increment();
    UfsFlatListing listing = store.listFlat(path, startAfter, endAt, deadline);
    return new UfsFlatListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        pages.increment();
        Page page = listing.next(deadline);
        entries.add(page.entries().size() + page.unreadable().size());
        return page;
      }

      @Override
      public void close() {
        listing.close();
      }
    };
  }

  @Override
  public List<String> splitPoints(String path, int ranges, StoreDeadline deadline) {
    splits.increment();
    return store.splitPoints(path, ranges, deadline);
  }

  @Override
  public UfsStatus createDirectory(String path, UfsAttributes attributes, StoreDeadline deadline) {
    mutations.increment();
    return store.createDirectory(path, attributes, deadline);
  }

  @Override
  public UfsStatus createFile(String path, UfsAttributes attributes, StoreDeadline deadline) {
    mutations.increment();
    return store.createFile(path, attributes, deadline);
  }

  @Override
  public void delete(String path, String expectedFingerprint, StoreDeadline deadline) {
    mutations.increment();
    store.delete(path, expectedFingerprint, deadline);
  }

  @Override
  public void deleteRecursive(String path, StoreDeadline deadline) {
    mutations.increment();
    store.deleteRecursive(path, deadline);
  }

  @Override
  public UfsStatus rename(
      String source, String destination, String expectedFingerprint, StoreDeadline deadline) {
    mutations.increment();
    return store.rename(source, destination, expectedFingerprint, deadline);
  }

  @Override
  public UfsStatus setAttributes(String path, UfsAttributes attributes, StoreDeadline deadline) {
    mutations.increment();
    return store.setAttributes(path, attributes, deadline);
  }
}
