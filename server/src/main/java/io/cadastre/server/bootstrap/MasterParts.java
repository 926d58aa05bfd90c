package io.cadastre.server.bootstrap;

import io.cadastre.core.time.TimeSource;
import io.cadastre.journal.apply.TermFence;
import io.cadastre.server.cache.DirectoryCache;
import io.cadastre.server.lock.LockMetrics;
import io.cadastre.server.lock.LockSettings;
import io.cadastre.server.lock.LockTable;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The parts of a master on which its promises hang most. A test hands in others, which break a
 * promise on purpose, to see that this is found; no configuration reaches here.
 *
 * @param termFence makes what keeps an entry of one term from taking effect in another
 * @param directoryCache makes the cache of directories of at most so many entries
 * @param lockTables makes the path locks of each term
 * @param clusterTime what cluster time follows while this master leads
 */
record MasterParts(
    Supplier<TermFence> termFence,
    IntFunction<DirectoryCache> directoryCache,
    LockTables lockTables,
    TimeSource clusterTime) {
  /** As they are. */
  static final MasterParts DEFAULT =
      new MasterParts(TermFence::new, DirectoryCache::new, LockTable::new, TimeSource.system());

  /** The constructor of {@link LockTable}. */
  interface LockTables {
    LockTable of(
        long term,
        LockSettings settings,
        TimeSource time,
        ScheduledExecutorService timer,
        Executor resumer,
        LockMetrics metrics);
  }

  MasterParts withTermFence(Supplier<TermFence> other) {
    return new MasterParts(other, directoryCache, lockTables, clusterTime);
  }

  MasterParts withDirectoryCache(IntFunction<DirectoryCache> other) {
    return new MasterParts(termFence, other, lockTables, clusterTime);
  }

  MasterParts withLockTables(LockTables other) {
    return new MasterParts(termFence, directoryCache, other, clusterTime);
  }

  MasterParts withClusterTime(TimeSource other) {
    return new MasterParts(termFence, directoryCache, lockTables, other);
  }
}
