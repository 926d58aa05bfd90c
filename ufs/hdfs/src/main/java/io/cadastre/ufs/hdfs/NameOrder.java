package io.cadastre.ufs.hdfs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Gives out names in the order of unsigned bytes that come, in pages, in the order of signed bytes.
 *
 * <p>HDFS sorts children by signed bytes: what follows a common beginning with a character beyond
 * ASCII goes before what follows it with ASCII. So `é` is listed before `a`, and `aé` between `a`
 * and `ab`. Within each of the two groups, at each place, both orders agree, since names are UTF-8.
 *
 * <p>A page that ends a range is sorted in memory. One that is cut off splits the range at the
 * first place where the page has seen a character beyond ASCII and names with ASCII there may still
 * follow: what lies before that place is given out; then come the names with ASCII there, then
 * those beyond ASCII, then the rest, each a range of its own, sought by its start. A directory of
 * ASCII names is read straight through; any other costs a few more pages for each page.
 *
 * <p>Used by one thread.
 *
 * @param <T> what belongs to a name
 */
final class NameOrder<T> {
  /** Longer than every name, so that what follows a prefix ends before prefix and this. */
  private static final int BEYOND_LENGTH = 4096;

  private static final byte HIGHEST_ASCII = 0x7f;

  /** The highest signed byte beyond ASCII; no UTF-8 has it. */
  private static final byte HIGHEST_BEYOND = (byte) 0xff;

  static final Comparator<byte[]> UNSIGNED = Arrays::compareUnsigned;
  static final Comparator<byte[]> SIGNED = Arrays::compare;

  /** One child. */
  record Named<T>(byte[] name, T value) {}

  /**
   * A page in signed order.
   *
   * @param more whether names follow
   */
  record Batch<T>(List<Named<T>> entries, boolean more) {}

  /** Where pages come from. */
  @FunctionalInterface
  interface Source<T> {
    /** The page that begins after this name in signed order; from the start if it is empty. */
    Batch<T> after(byte[] name);
  }

  /** Thrown if the source does not keep its order. */
  static final class OutOfOrderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutOfOrderException() {
      super("names did not ascend", null, false, false);
    }
  }

  private enum Follows {
    ANYTHING,
    ASCII,
    BEYOND
  }

  /**
   * Names that begin with a prefix and go on in some way, as far as they come after a name.
   *
   * @param settled bytes up to which both orders agree for all of them
   */
  private record Range(byte[] prefix, Follows follows, byte[] after, int settled) {
    boolean has(byte[] name) {
      if (!startsWith(name, prefix)) {
        return false;
      }
      return switch (follows) {
        case ANYTHING -> true;
        case ASCII -> name.length > prefix.length && name[prefix.length] >= 0;
        case BEYOND -> name.length > prefix.length && name[prefix.length] < 0;
      };
    }

    Range from(byte[] name) {
      return new Range(prefix, follows, name, settled);
    }
  }

  private final Source<T> source;
  private final Deque<Range> ranges = new ArrayDeque<>();

  NameOrder(Source<T> source) {
    this.source = source;
    ranges.push(new Range(new byte[0], Follows.ANYTHING, new byte[0], 0));
  }

  boolean hasMore() {
    return !ranges.isEmpty();
  }

  /**
   * Reads one page of the source.
   *
   * @return the names that come next; may be empty although more follow
   * @throws OutOfOrderException if the page is not in signed order
   */
  List<Named<T>> next() {
    Range range = ranges.pop();
    Batch<T> batch = source.after(range.after);
    List<Named<T>> inside = new ArrayList<>();
    byte[] previous = range.after;
    for (Named<T> entry : batch.entries()) {
      if (SIGNED.compare(previous, entry.name()) >= 0) {
        throw new OutOfOrderException();
      }
      previous = entry.name();
      if (!range.has(entry.name())) {
        return sorted(inside);
      }
      inside.add(entry);
    }
    if (!batch.more()) {
      return sorted(inside);
    }
    if (inside.isEmpty()) {
      throw new OutOfOrderException();
    }
    byte[] last = inside.get(inside.size() - 1).name();
    int place = firstUnsettled(inside, last, range.settled);
    if (place < 0) {
      ranges.push(range.from(last));
      return sorted(inside);
    }
    byte[] prefix = Arrays.copyOf(last, place);
    split(range, prefix);
    inside.removeIf(
        entry -> entry.name().length > prefix.length && startsWith(entry.name(), prefix));
    return sorted(inside);
  }

  private void split(Range range, byte[] prefix) {
    if (prefix.length > range.prefix.length) {
      byte[] beyond = Arrays.copyOf(prefix, prefix.length + BEYOND_LENGTH);
      Arrays.fill(beyond, prefix.length, beyond.length, HIGHEST_ASCII);
      ranges.push(range.from(beyond));
    }
    byte[] toAscii = Arrays.copyOf(prefix, prefix.length + 1);
    toAscii[prefix.length] = HIGHEST_BEYOND;
    ranges.push(new Range(prefix, Follows.BEYOND, prefix, prefix.length + 1));
    ranges.push(new Range(prefix, Follows.ASCII, toAscii, prefix.length + 1));
  }

  /**
   * The first place at which a name of the page has a character beyond ASCII while names that agree
   * with it up to there may still follow, since the last one does; -1 if there is none.
   */
  private static <T> int firstUnsettled(List<Named<T>> page, byte[] last, int settled) {
    int first = -1;
    for (Named<T> entry : page) {
      byte[] name = entry.name();
      int common = Arrays.mismatch(name, last);
      int end = common < 0 ? name.length : Math.min(common + 1, name.length);
      for (int place = settled; place < (first < 0 ? end : Math.min(end, first)); place++) {
        if (beginsBeyondAscii(name[place])) {
          first = place;
        }
      }
    }
    return first;
  }

  /** Whether a character beyond ASCII begins here; its other bytes have no ASCII sibling. */
  private static boolean beginsBeyondAscii(byte one) {
    return (one & 0xc0) == 0xc0;
  }

  private static boolean startsWith(byte[] name, byte[] prefix) {
    return name.length >= prefix.length
        && Arrays.equals(name, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static <T> List<Named<T>> sorted(List<Named<T>> names) {
    names.sort(Comparator.comparing(Named::name, UNSIGNED));
    return names;
  }
}
