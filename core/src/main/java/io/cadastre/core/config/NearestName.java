package io.cadastre.core.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses which name somebody meant, by the number of characters to insert, remove or replace. */
final class NearestName {
  private NearestName() {}

  /** The candidate with the fewest edits, unless a third of the name or more would change. */
  static Optional<String> of(String name, Collection<String> candidates) {
    int limit = Math.max(2, name.length() / 3);
    // Nothing longer than this can be a misspelling; it also keeps the table below small.
    if (name.length() > 256) {
      return Optional.empty();
    }
    return candidates.stream()
        .filter(candidate -> edits(name, candidate) <= limit)
        .min(Comparator.comparingInt(candidate -> edits(name, candidate)));
  }

  /** Levenshtein distance, two rows at a time. */
  static int edits(String left, String right) {
    int[] previous = new int[right.length() + 1];
    int[] current = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int replaced = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      int[] swap = previous;
      previous = current;
      current = swap;
    }
    return previous[right.length()];
  }
}
