package io.cadastre.server.bootstrap;

import io.cadastre.core.time.TimeSource;
import io.cadastre.journal.apply.TermFence;
import io.cadastre.server.cache.DirectoryCache;
import io.cadastre.server.lock.LockMetrics;
import io.cadastre.server.lock.LockSettings;
import io.cadastre.server.lock.LockTable;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The parts of a master on which its promises hang most. A test hands in others, which break a
 * promise on purpose, to see that this is found; no configuration reaches here.
 */
class MasterParts {
  /** What keeps an entry of one term from taking effect in another. */
  TermFence termFence() {
    return new TermFence();
  }

  /** What cluster time follows while this master leads. */
  TimeSource clusterTime() {
    return TimeSource.system();
  }

  /** Directories in memory. */
  DirectoryCache directoryCache(int maxEntries) {
    return new DirectoryCache(maxEntries);
  }

  /** The path locks of one term; the arguments are those of {@link LockTable}. */
  LockTable lockTable(
      long term,
      LockSettings settings,
      TimeSource time,
      ScheduledExecutorService timer,
      Executor resumer,
      LockMetrics metrics) {
    return new LockTable(term, settings, time, timer, resumer, metrics);
  }
}
