package io.cadastre.ufs.spi;

import java.util.List;

/**
 * The children of one directory in pages. Used by one thread at a time. Closed by who opened it,
 * also after a failure.
 *
 * <p><b>Order.</b> Names strictly ascend in unsigned UTF-8 bytes, within a page and from page to
 * page; so do the exact names of unreadable entries, and every name of a page is greater than every
 * name of the pages before it, of either list.
 *
 * <p><b>What it shows.</b> An entry that was there from before {@link UnderFileSystem#list} until
 * the last page is in it. One that came or went meanwhile may be or may not be. Each is shown as it
 * was at some moment after the listing was opened. If a name is neither listed nor unreadable, and
 * the last page was read, then it was absent at some moment since.
 *
 * <p><b>Never short.</b> A listing ends only by a page that says {@link Page#last()}. Everything
 * else that stops it is an exception; then nothing may be concluded from the names that were not
 * seen.
 */
public interface UfsListing extends AutoCloseable {

  /**
   * The next page; may be empty, also when more follow.
   *
   * @throws UfsException as {@link UnderFileSystem#list}; the listing is then of no more use
   * @throws IllegalStateException after the last page, a failure or {@link #close}
   */
  Page next(StoreDeadline deadline);

  @Override
  void close();

  /**
   * One page.
   *
   * @param entries what the store has, in order
   * @param unreadable what is there but could not be read or cannot be mirrored: unknown, not
   *     absent
   * @param last whether the listing ends with this page
   */
  record Page(List<UfsStatus> entries, List<UnreadableEntry> unreadable, boolean last) {
    public Page {
      entries = List.copyOf(entries);
      unreadable = List.copyOf(unreadable);
    }
  }

  /**
   * An entry that exists and is not mirrored.
   *
   * @param name the name; where it is not valid UTF-8, its bytes that are not are written `\xNN`
   * @param exact whether `name` is the very name; false if it was escaped, so that it stands for no
   *     path of the namespace
   * @param reason for the user, for example `special file` or `permission denied`
   */
  record UnreadableEntry(String name, boolean exact, String reason) {}
}
