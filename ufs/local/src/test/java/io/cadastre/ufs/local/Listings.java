package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads listings to their end. */
final class Listings {
  private Listings() {}

  static UfsListing.Page readAll(UnderFileSystem store, String path) {
    StoreDeadline deadline = StoreDeadline.after(Duration.ofSeconds(60));
    try (UfsListing listing = store.list(path, null, deadline)) {
      return readAll(listing);
    }
  }

  static UfsListing.Page readAll(UfsListing listing) {
    StoreDeadline deadline = StoreDeadline.after(Duration.ofSeconds(60));
    List<UfsStatus> entries = new ArrayList<>();
    List<UfsListing.UnreadableEntry> unreadable = new ArrayList<>();
    UfsListing.Page page;
    do {
      page = listing.next(deadline);
      entries.addAll(page.entries());
      unreadable.addAll(page.unreadable());
    } while (!page.last());
    return new UfsListing.Page(entries, unreadable, true);
  }
}
