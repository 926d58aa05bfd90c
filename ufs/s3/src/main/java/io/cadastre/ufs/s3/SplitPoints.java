package io.cadastre.ufs.s3;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.StoreDeadline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.concurrent.Callable;

/**
 * Finds keys that cut a subtree in parts. A first page says whether it is worth it. If the first
 * level fits one page and has enough entries, they are taken as equally heavy. Else keys are looked
 * for: what all keys begin with, and from there the widest stretches between known keys are halved
 * as often as requests are left, taking as equally likely the digits or hex digits if the keys seem
 * to go on with such, and else printable ASCII. Requests that do not wait for each other's answers
 * are sent at once. For one call.
 */
final class SplitPoints {
  private static final int PREFIX_ROUNDS = 2;
  private static final int PREFIX_PROBES = 3;

  /** Behind all but a few keys with a prefix; the last character that XML can echo. */
  private static final char BEHIND_MOST = '\ufffd';

  private static final String NUMBERS = "0123456789";
  private static final String HEX = "0123456789abcdef";
  private static final String PRINTABLE = printable();

  /** Characters of which a position is made: 95 to the 8th is exact in a double. */
  private static final int DIGITS = 8;

  private final S3Bucket bucket;
  private final String prefix;
  private final RequestThreads threads;
  private final StoreDeadline deadline;
  private String alphabet = PRINTABLE;

  /**
   * @param prefix of all keys of the subtree
   */
  SplitPoints(S3Bucket bucket, String prefix, RequestThreads threads, StoreDeadline deadline) {
    this.bucket = bucket;
    this.prefix = prefix;
    this.threads = threads;
    this.deadline = deadline;
  }

  /** A stretch of positions that begins at a known key. */
  private record Gap(double from, double to) {
    double width() {
      return to - from;
    }

    double middle() {
      return Math.floor((from + to) / 2);
    }
  }

  /** At most `ranges - 1` keys relative to the prefix, by at most `2 * ranges + 8` requests. */
  List<String> find(int ranges) {
    if (ranges < 2) {
      return List.of();
    }
    ListPage head = list(false, null, KeyStream.PAGE_KEYS);
    if (!head.truncated() || head.objects().isEmpty()) {
      return List.of();
    }
    List<String> level = firstLevel();
    if (level.size() >= 2 * ranges) {
      return evenly(level, ranges);
    }
    String first = relative(head.objects().get(0).key());
    return evenly(search(first, 2 * ranges), ranges);
  }

  private ListPage list(boolean delimited, String startAfter, int maxKeys) {
    return bucket.list(
        new S3Bucket.Query(
            prefix, delimited, startAfter == null ? null : prefix + startAfter, null, maxKeys),
        deadline);
  }

  private String relative(String key) {
    return key.substring(prefix.length());
  }

  /** Names of the first level in order; empty if they do not fit one page. */
  private List<String> firstLevel() {
    ListPage page = list(true, null, KeyStream.PAGE_KEYS);
    if (page.truncated()) {
      return List.of();
    }
    TreeSet<String> level = new TreeSet<>(NamespacePath::compareNames);
    page.objects().stream().map(ObjectStatus::key).map(this::relative).forEach(level::add);
    page.prefixes().stream().map(this::relative).forEach(level::add);
    level.remove("");
    return List.copyOf(level);
  }

  /** At most `ranges - 1` of these, evenly; never the last, behind which nothing is. */
  private static List<String> evenly(List<String> keys, int ranges) {
    TreeSet<Integer> chosen = new TreeSet<>();
    for (int i = 1; i < ranges; i++) {
      chosen.add((int) ((long) keys.size() * i / ranges));
    }
    chosen.removeIf(index -> index >= keys.size());
    return chosen.stream().map(keys::get).toList();
  }

  /** The first keys behind these texts; empty where there is none. */
  private List<Optional<String>> after(List<String> texts) {
    List<Callable<Optional<String>>> requests = new ArrayList<>();
    texts.forEach(text -> requests.add(() -> after(text)));
    return threads.all(requests);
  }

  /** The first key behind a text; empty if there is none. */
  private Optional<String> after(String text) {
    return list(false, text, 1).objects().stream()
        .findFirst()
        .map(ObjectStatus::key)
        .map(this::relative);
  }

  private List<String> search(String first, int probes) {
    String common = common(first);
    int left = chooseAlphabet(common, first) ? probes - 1 : probes;
    TreeSet<String> found = new TreeSet<>(NamespacePath::compareNames);
    PriorityQueue<Gap> gaps =
        new PriorityQueue<>(Comparator.comparingDouble(Gap::width).reversed());
    gaps.add(
        new Gap(position(first.substring(common.length())), Math.pow(alphabet.length(), DIGITS)));
    while (left > 0) {
      List<Gap> widest = widest(gaps, left);
      if (widest.isEmpty()) {
        break;
      }
      List<Optional<String>> next =
          after(widest.stream().map(gap -> common + text(gap.middle())).toList());
      for (int i = 0; i < widest.size(); i++) {
        Gap gap = widest.get(i);
        double at =
            next.get(i)
                .filter(key -> key.startsWith(common))
                .map(key -> position(key.substring(common.length())))
                .orElse(Double.MAX_VALUE);
        if (at < gap.to()) {
          found.add(next.get(i).get());
          gaps.add(new Gap(at, gap.to()));
        }
        gaps.add(new Gap(gap.from(), gap.middle()));
      }
      left -= widest.size();
    }
    return new ArrayList<>(found);
  }

  /** Takes the widest gaps, none of them so narrow that halving a wider one would be better. */
  private static List<Gap> widest(PriorityQueue<Gap> gaps, int most) {
    List<Gap> widest = new ArrayList<>();
    while (!gaps.isEmpty() && widest.size() < most) {
      Gap next = gaps.peek();
      boolean tooNarrow = next.middle() <= next.from();
      if (tooNarrow || (!widest.isEmpty() && next.width() < widest.get(0).width() / 2)) {
        break;
      }
      widest.add(gaps.poll());
    }
    return widest;
  }

  /** The beginning of the first key that all keys have, or less. */
  private String common(String first) {
    int shared = 0;
    int tooLong = first.length() + 1;
    for (int round = 0; round < PREFIX_ROUNDS && tooLong - shared > 1; round++) {
      // All orders of keys agree on no more than this.
      int longest = KeyStream.cut(first.substring(0, tooLong - 1)).length();
      TreeSet<Integer> lengths = new TreeSet<>();
      for (int i = 1; i <= PREFIX_PROBES; i++) {
        lengths.add(Math.min(longest, shared + (tooLong - shared) * i / (PREFIX_PROBES + 1)));
      }
      List<Integer> wanted = List.copyOf(lengths.tailSet(shared + 1));
      if (wanted.isEmpty()) {
        break;
      }
      List<Optional<String>> behind =
          after(wanted.stream().map(end -> first.substring(0, end) + BEHIND_MOST).toList());
      for (int i = wanted.size() - 1; i >= 0; i--) {
        if (behind.get(i).isEmpty()) {
          shared = Math.max(shared, wanted.get(i));
        } else {
          tooLong = wanted.get(i);
        }
      }
    }
    return first.substring(0, shared);
  }

  /** Guesses what the keys go on with; returns whether a request was needed. */
  private boolean chooseAlphabet(String common, String first) {
    String tail = first.substring(common.length());
    String guess = PRINTABLE;
    if (tail.matches("(?s)[0-9a-f]{4}.*")) {
      guess = HEX;
    }
    if (tail.matches("(?s)[0-9]+([^0-9a-f].*)?")) {
      guess = NUMBERS;
    }
    if (guess.equals(PRINTABLE)) {
      return false;
    }
    boolean more = after(common + (char) (guess.charAt(guess.length() - 1) + 1)).isPresent();
    alphabet = more ? PRINTABLE : guess;
    return true;
  }

  private static String printable() {
    StringBuilder all = new StringBuilder();
    for (char c = ' '; c <= '~'; c++) {
      all.append(c);
    }
    return all.toString();
  }

  /** A text as a number of {@link #DIGITS} digits, its characters taken to the next of these. */
  private double position(String text) {
    double position = 0;
    for (int i = 0; i < DIGITS; i++) {
      int digit = 0;
      while (i < text.length()
          && digit < alphabet.length() - 1
          && alphabet.charAt(digit) < text.charAt(i)) {
        digit++;
      }
      position = position * alphabet.length() + digit;
    }
    return position;
  }

  private String text(double position) {
    char[] text = new char[DIGITS];
    long rest = (long) position;
    for (int i = DIGITS - 1; i >= 0; i--) {
      text[i] = alphabet.charAt((int) (rest % alphabet.length()));
      rest /= alphabet.length();
    }
    return new String(text);
  }
}
