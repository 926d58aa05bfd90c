package io.cadastre.ufs.s3;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys and common prefixes page by page, in unsigned UTF-8 bytes. That order is checked, never
 * trusted: each page is sorted here, and must lie behind the one before it. A store that sorts by
 * other units than bytes would else seem to lack entries. Used by one thread.
 *
 * <p>Where a range begins at a character above U+D7FF, bytes and UTF-16 units disagree on what lies
 * behind it, so a store that sorts by units would leave keys out unnoticed. {@link #cut} moves the
 * beginning to before such a character.
 */
final class KeyStream {
  /** Most keys that a store gives at once. */
  static final int PAGE_KEYS = 1_000;

  /** Above it the order of UTF-16 units differs from that of bytes. */
  private static final char LAST_OF_AGREED_ORDER = '\ud7ff';

  private final S3Bucket bucket;
  private final String prefix;
  private S3Bucket.Query query;
  private String last;
  private boolean ended;

  /**
   * One key or common prefix.
   *
   * @param object null for a common prefix
   */
  record Item(String key, ObjectStatus object) {}

  /**
   * @param startAfter what the keys wanted are greater than, after the prefix; earlier ones may
   *     come too
   */
  KeyStream(S3Bucket bucket, String prefix, boolean delimited, String startAfter) {
    this.bucket = bucket;
    this.prefix = prefix;
    String agreed = startAfter == null ? "" : cut(startAfter);
    this.query =
        new S3Bucket.Query(
            prefix, delimited, agreed.isEmpty() ? null : prefix + agreed, null, PAGE_KEYS);
  }

  /** As much of a text as all orders agree on. */
  static String cut(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > LAST_OF_AGREED_ORDER) {
        return text.substring(0, i);
      }
    }
    return text;
  }

  boolean ended() {
    return ended;
  }

  /**
   * The next page; may be empty.
   *
   * @throws UfsException as {@link S3Bucket#list}; UNKNOWN if the keys do not ascend
   */
  List<Item> next(StoreDeadline deadline) {
    ListPage page = bucket.list(query, deadline);
    List<Item> items = sorted(page.objects(), page.prefixes());
    for (Item item : items) {
      if (!item.key().startsWith(prefix)) {
        throw broken("lists " + quoted(item.key()) + ", which was not asked for");
      }
      if (last != null && NamespacePath.compareNames(last, item.key()) >= 0) {
        throw broken("lists " + quoted(item.key()) + " after " + quoted(last));
      }
      last = item.key();
    }
    ended = !page.truncated();
    if (!ended) {
      query = query.next(page);
    }
    return items;
  }

  private static List<Item> sorted(List<ObjectStatus> objects, List<String> prefixes) {
    List<Item> items = new ArrayList<>(objects.size() + prefixes.size());
    objects.forEach(object -> items.add(new Item(object.key(), object)));
    prefixes.forEach(folded -> items.add(new Item(folded, null)));
    items.sort((left, right) -> NamespacePath.compareNames(left.key(), right.key()));
    return items;
  }

  private static String quoted(String key) {
    return "'" + key + "'";
  }

  private UfsException broken(String what) {
    return new UfsException(
        Kind.UNKNOWN,
        "The store of "
            + bucket.uriOf("")
            + " "
            + what
            + ": its listings are not in the order of UTF-8 bytes, and nothing can be concluded"
            + " from them",
        false,
        null);
  }
}
