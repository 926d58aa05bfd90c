package io.cadastre.ufs.spi;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;

/** What a user probably meant. */
final class NearestName {
  private NearestName() {}

  /** "did you mean 'x'?" or the list of what is known, or `whenNone` if nothing is. */
  static String suggestion(String given, Collection<String> known, String whenNone) {
    if (known.isEmpty()) {
      return whenNone;
    }
    return of(given, known)
        .map(nearest -> "did you mean '" + nearest + "'?")
        .orElseGet(() -> "known: " + String.join(", ", new TreeSet<>(known)));
  }

  /** The nearest of the known, unless it is too far. */
  static Optional<String> of(String given, Collection<String> known) {
    return known.stream()
        .min(
            Comparator.comparingInt((String name) -> distance(given, name))
                .thenComparing(Comparator.naturalOrder()))
        .filter(nearest -> distance(given, nearest) <= Math.max(2, given.length() / 3));
  }

  /** Number of characters to insert, delete or replace. */
  static int distance(String left, String right) {
    int[] above = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] row = new int[right.length() + 1];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int replaced = above[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
      }
      above = row;
    }
    return above[right.length()];
  }
}
