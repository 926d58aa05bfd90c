package io.cadastre.ufs.spi;

import java.util.List;
import java.util.Objects;

/**
 * All entries below one directory that a store keeps under keys of their own, in pages, without
 * descending: files, links, and the directories that exist by themselves. A directory that is only
 * implied by what is below it is not in it; only stores without directories of their own have such,
 * and {@link UfsStatus#impliedDirectory} is what they say of them. Used by one thread at a time.
 * Closed by who opened it, also after a failure.
 *
 * <p><b>Keys.</b> An entry's key is its path relative to the listed directory; that of a directory
 * has a slash at its end: `a/b.txt`, `a/c/`. The listed directory itself has no entry.
 *
 * <p><b>Order.</b> Keys strictly ascend in unsigned UTF-8 bytes of the whole key, within a page and
 * from page to page; so do those of unreadable entries, and every key of a page is greater than
 * every key of the pages before it, of either list. That is not the order of a tree walk: `a-b`
 * comes before `a/c`.
 *
 * <p><b>What it shows, never short.</b> As {@link UfsListing}, for the keys of the range that was
 * asked for.
 */
public interface UfsFlatListing extends AutoCloseable {

  /**
   * The next page; may be empty, also when more follow.
   *
   * @throws UfsException as {@link UnderFileSystem#listFlat}; the listing is then of no more use
   * @throws IllegalStateException after the last page, a failure or {@link #close}
   */
  Page next(StoreDeadline deadline);

  @Override
  void close();

  /**
   * One page.
   *
   * @param entries what the store has, in order
   * @param unreadable what is there but could not be read or cannot be mirrored, under its key.
   *     What is known of its directory is not complete.
   * @param last whether the listing ends with this page
   */
  record Page(List<Entry> entries, List<UfsListing.UnreadableEntry> unreadable, boolean last) {
    public Page {
      entries = List.copyOf(entries);
      unreadable = List.copyOf(unreadable);
    }
  }

  /**
   * One entry.
   *
   * @param key relative to the listed directory, with a slash at its end for a directory
   * @param status what {@link UnderFileSystem#status} would say of it
   */
  record Entry(String key, UfsStatus status) {
    public Entry {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(status, "status");
    }

    /** The path relative to the listed directory. */
    public String path() {
      return key.endsWith("/") ? key.substring(0, key.length() - 1) : key;
    }
  }
}
