package io.cadastre.ufs.spi;

import io.cadastre.core.error.MetadataException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a store is opened with: the mount's own options, and the limits that the process sets.
 *
 * @param options of the mount, by key, with references to secrets already resolved; never shown
 * @param listingSortMemoryBytes most heap that sorting may take, for all listings of the store
 *     together, before they spill to disk: `cadastre.ufs.listing.sort.memory`
 * @param listingPageEntries most entries in a page
 * @param spillDirectory where sorted runs are spilled; it must exist
 */
public record UfsSettings(
    Map<String, String> options,
    long listingSortMemoryBytes,
    int listingPageEntries,
    Path spillDirectory) {

  /** Option of any mount: most requests at its store at once. */
  public static final String REQUESTS_CONCURRENCY = "requests.concurrency";

  /** Option of any mount: most requests to its store in a second. */
  public static final String REQUESTS_PER_SECOND = "requests.per.second";

  /** Options of any mount. They are taken out by the server; no store is given them. */
  public static final Set<String> COMMON_OPTIONS =
      Set.of(REQUESTS_CONCURRENCY, REQUESTS_PER_SECOND);

  /** Default of `cadastre.ufs.listing.sort.memory`, in bytes. */
  public static final long DEFAULT_LISTING_SORT_MEMORY_BYTES = 64L << 20;

  /** Default of entries in a page. A page of a directory with common names is about 200 KB. */
  public static final int DEFAULT_LISTING_PAGE_ENTRIES = 1_000;

  public UfsSettings {
    options = Map.copyOf(options);
    Objects.requireNonNull(spillDirectory, "spillDirectory");
    if (listingSortMemoryBytes < 1) {
      throw MetadataException.invalid(
          "cadastre.ufs.listing.sort.memory", "expected at least 1 byte, for example 64MB");
    }
    if (listingPageEntries < 1) {
      throw MetadataException.invalid("listing page", "expected at least 1 entry");
    }
  }

  /** These options, with default limits. */
  public static UfsSettings of(Map<String, String> options) {
    return new UfsSettings(
        options,
        DEFAULT_LISTING_SORT_MEMORY_BYTES,
        DEFAULT_LISTING_PAGE_ENTRIES,
        Path.of(System.getProperty("java.io.tmpdir")));
  }

  public UfsSettings withListingSortMemoryBytes(long bytes) {
    return new UfsSettings(options, bytes, listingPageEntries, spillDirectory);
  }

  public UfsSettings withListingPageEntries(int entries) {
    return new UfsSettings(options, listingSortMemoryBytes, entries, spillDirectory);
  }

  public UfsSettings withSpillDirectory(Path directory) {
    return new UfsSettings(options, listingSortMemoryBytes, listingPageEntries, directory);
  }

  public Optional<String> option(String key) {
    return Optional.ofNullable(options.get(key));
  }

  /**
   * To be called by a factory before anything else.
   *
   * @throws MetadataException INVALID_ARGUMENT for an option that is not in `known`, with the
   *     nearest that is
   */
  public void checkOptions(String scheme, Set<String> known) {
    for (String key : options.keySet()) {
      if (!known.contains(key)) {
        throw MetadataException.invalid(
            "option " + key,
            "a store of type '"
                + scheme
                + "' does not know it; "
                + NearestName.of(key, COMMON_OPTIONS)
                    .map(common -> "did you mean '" + common + "', which any mount has?")
                    .orElseGet(() -> NearestName.suggestion(key, known, "it has no options")));
      }
    }
  }

  /** Keys only: a value may be a secret. */
  @Override
  public String toString() {
    return "UfsSettings[options="
        + options.keySet()
        + ", listingSortMemoryBytes="
        + listingSortMemoryBytes
        + ", listingPageEntries="
        + listingPageEntries
        + ", spillDirectory="
        + spillDirectory
        + "]";
  }
}
