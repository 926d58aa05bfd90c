package io.cadastre.server.sync;

import io.cadastre.core.path.NamespacePath;
import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of the keys below a directory, in unsigned UTF-8 bytes.
 *
 * @param startAfter keys are greater; empty for the first range
 * @param endAt and not greater than this; null for the last range
 */
record KeyRange(String startAfter, String endAt) {
  /** The ranges between these keys, which ascend strictly. */
  static List<KeyRange> between(List<String> points) {
    List<KeyRange> ranges = new ArrayList<>();
    String from = "";
    for (String point : points) {
      ranges.add(new KeyRange(from, point));
      from = point;
    }
    ranges.add(new KeyRange(from, null));
    return ranges;
  }

  boolean isBehind(String key) {
    return endAt != null && NamespacePath.compareNames(key, endAt) > 0;
  }
}
