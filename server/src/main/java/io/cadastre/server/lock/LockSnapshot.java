package io.cadastre.server.lock;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What the lock table looks like at one moment.
 *
 * @param term the leadership term of the table
 * @param handles requests that are granted and not released
 * @param locks their keys in all, a key counted as often as it is held
 * @param keys distinct keys that are held or waited for
 * @param waiting requests that wait
 * @param longestWaitNanos how long the oldest of them has waited, 0 if there is none
 * @param waited requests so far that had to wait
 * @param timedOut of these, those whose deadline passed first
 * @param refused requests so far that were answered BUSY
 * @param blocked the keys that most requests wait for, most first, at most as many as asked for
 */
public record LockSnapshot(
    long term,
    int handles,
    long locks,
    int keys,
    int waiting,
    long longestWaitNanos,
    long waited,
    long timedOut,
    long refused,
    List<BlockedKey> blocked) {

  /**
   * A key that is in somebody's way. A request counts for one key only, the first that it found
   * taken.
   *
   * @param key a path, or `!` and the name of a lock that is not on a path
   * @param waiting requests that it blocks
   * @param longestWaitNanos how long the oldest of them has waited
   */
  public record BlockedKey(String key, int waiting, long longestWaitNanos) {
    BlockedKey plus(BlockedKey other) {
      return new BlockedKey(
          key, waiting + other.waiting, Math.max(longestWaitNanos, other.longestWaitNanos));
    }
  }

  LockSnapshot withMostBlocked(Collection<BlockedKey> all, int most) {
    List<BlockedKey> first =
        all.stream()
            .sorted(Comparator.comparingInt(BlockedKey::waiting).reversed())
            .limit(most)
            .toList();
    return new LockSnapshot(
        term, handles, locks, keys, waiting, longestWaitNanos, waited, timedOut, refused, first);
  }
}
