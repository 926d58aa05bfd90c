package io.cadastre.server.model;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsPath;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import io.cadastre.ufs.testing.MemoryStore;
import java.util.Map;

/** What a store really has. */
final class StoreEntries {
  private static final long PATIENCE_MILLIS = 10_000;

  private StoreEntries() {}

  /** Entries below its root. */
  static long count(MemoryStore store) {
    try (UnderFileSystem files = new UnderFileSystems().open(store.uri(), Map.of())) {
      return below(files, "");
    }
  }

  private static long below(UnderFileSystem files, String directory) {
    StoreDeadline deadline = StoreDeadline.afterMillis(PATIENCE_MILLIS);
    long count = 0;
    try (UfsListing listing = files.list(directory, null, deadline)) {
      boolean last = false;
      while (!last) {
        UfsListing.Page page = listing.next(deadline);
        last = page.last();
        for (UfsStatus entry : page.entries()) {
          count += 1;
          count += entry.isDirectory() ? below(files, UfsPath.child(directory, entry.name())) : 0;
        }
      }
    }
    return count;
  }
}
