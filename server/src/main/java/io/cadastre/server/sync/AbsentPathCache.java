package io.cadastre.server.sync;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cadastre.core.mount.MountPoint;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.DirectoryRow;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.server.cache.DirectoryEntry;
import io.cadastre.server.transaction.Resolution;
import java.util.Optional;

/**
 * Paths that a store has said it does not have, so that asking for them again costs no request. An
 * entry is the first missing name in the last directory that is there: it covers whatever is asked
 * for below that name too.
 *
 * <p><b>Why an entry never hides what the cluster knows.</b> An entry carries the state index read
 * before the store was asked. Whoever makes the path through the cluster makes an inode, and the
 * entry is not looked at while there is one. Once that is gone again, its directory has lost an
 * entry after the index, and the entry does not stand. So nothing has to be told of changes, also
 * not while the store is still being asked.
 *
 * <p>Thread-safe; belongs to one leadership. Losing an entry costs a request to a store.
 */
final class AbsentPathCache {
  private record Key(long directoryId, String name) {
    static Key of(Resolution missing) {
      int depth = missing.existingDepth();
      return new Key(missing.directories().get(depth).id(), missing.path().component(depth));
    }
  }

  /**
   * One answer of a store.
   *
   * @param millis cluster time before the store was asked
   * @param index state index before the store was asked
   * @param mount the mount as it was
   */
  record Check(long millis, long index, MountPoint mount) {
    /** While nothing is journaled the index stands still, and time does not. */
    private static Check newer(Check one, Check other) {
      boolean later =
          other.index > one.index || (other.index == one.index && other.millis > one.millis);
      return later ? other : one;
    }
  }

  private final Cache<Key, Check> checks;
  private final SyncMetrics metrics;

  /**
   * @param maxEntries most entries to hold; 0 switches the cache off
   */
  AbsentPathCache(int maxEntries, SyncMetrics metrics) {
    this.metrics = metrics;
    // Evicts on the thread that inserts, so that the bound does not depend on another pool's load.
    this.checks =
        Caffeine.newBuilder()
            .maximumSize(maxEntries)
            .evictionListener((key, check, cause) -> metrics.absentEvictions.inc())
            .executor(Runnable::run)
            .build();
  }

  /** Notes that the store does not have what the namespace does not have either. */
  void put(Resolution missing, Check check) {
    checks.asMap().merge(Key.of(missing), check, Check::newer);
  }

  /** Whether asking the store for this path is spared; counted as a hit or a miss. */
  boolean covers(
      AppliedView view, Resolution missing, MountPoint mount, long intervalMillis, long nowMillis) {
    boolean found = find(view, missing, mount, intervalMillis, nowMillis).isPresent();
    (found ? metrics.absentHits : metrics.absentMisses).inc();
    return found;
  }

  /**
   * The check that says that this path is absent, if there is one that still stands.
   *
   * @param intervalMillis how old it may be: 0 is never, -1 as old as it likes
   */
  Optional<Check> find(
      AppliedView view, Resolution missing, MountPoint mount, long intervalMillis, long nowMillis) {
    Key key = Key.of(missing);
    Check check = checks.getIfPresent(key);
    if (check != null && !stands(view, missing, mount, check)) {
      checks.asMap().remove(key, check);
      return Optional.empty();
    }
    return Optional.ofNullable(check).filter(found -> isFresh(found, intervalMillis, nowMillis));
  }

  private static boolean isFresh(Check check, long intervalMillis, long nowMillis) {
    return intervalMillis < 0
        || (intervalMillis > 0 && check.millis() + intervalMillis > nowMillis);
  }

  /**
   * Whether the mount is the same, the directory has lost no entry since, and neither it nor one
   * above it was renamed.
   */
  private static boolean stands(
      AppliedView view, Resolution missing, MountPoint mount, Check check) {
    if (!check.mount().equals(mount)) {
      return false;
    }
    int last = missing.existingDepth();
    for (int depth = last; depth >= mount.path().depth(); depth--) {
      DirectoryEntry directory = missing.directories().get(depth);
      byte[] row = view.get(Family.DIRECTORIES, KeyLayout.id(directory.id()));
      if (row == null) {
        return false;
      }
      DirectoryRow decoded = DirectoryRow.decode(row);
      if (decoded.reparentIndex() > check.index()
          || (depth == last && decoded.removalIndex() > check.index())) {
        return false;
      }
    }
    return true;
  }

  /** Number of entries, estimated. */
  long size() {
    return checks.estimatedSize();
  }
}
