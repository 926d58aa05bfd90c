package io.cadastre.ufs.spi;

import java.util.Collection;
import java.util.Comparator;
import java.util.TreeSet;

/** What a user probably meant. */
final class NearestName {
  private NearestName() {}

  /** "did you mean 'x'?" or the list of what is known, or `whenNone` if nothing is. */
  static String suggestion(String given, Collection<String> known, String whenNone) {
    if (known.isEmpty()) {
      return whenNone;
    }
    String nearest =
        known.stream()
            .min(
                Comparator.comparingInt((String name) -> distance(given, name))
                    .thenComparing(Comparator.naturalOrder()))
            .orElseThrow();
    if (distance(given, nearest) <= Math.max(2, given.length() / 3)) {
      return "did you mean '" + nearest + "'?";
    }
    return "known: " + String.join(", ", new TreeSet<>(known));
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
