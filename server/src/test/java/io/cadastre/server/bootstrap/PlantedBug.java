package io.cadastre.server.bootstrap;

import io.cadastre.core.time.TimeSource;
import io.cadastre.journal.apply.TermFence;
import io.cadastre.server.cache.DirectoryCache;
import io.cadastre.server.cache.LateInsertions;
import io.cadastre.server.lock.ImpatientLocks;
import io.cadastre.server.lock.LockMetrics;
import io.cadastre.server.lock.LockSettings;
import io.cadastre.server.lock.LockTable;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** Bugs that a test puts into a master, to see that they are found. */
public enum PlantedBug {
  /** None: the master as it is. */
  NONE {
    @Override
    MasterParts parts() {
      return new MasterParts();
    }
  },
  /** One replica leaves one entry out. Plant it in one master only. */
  SKIPPED_APPLY {
    @Override
    MasterParts parts() {
      AtomicInteger entries = new AtomicInteger();
      return new MasterParts() {
        @Override
        TermFence termFence() {
          return new TermFence() {
            @Override
            public boolean isStale(long plannedTerm, long entryTerm) {
              return entries.incrementAndGet() == SKIPPED_ENTRY
                  || super.isStale(plannedTerm, entryTerm);
            }
          };
        }
      };
    }
  },
  /** An entry takes effect in whatever term the log puts it. */
  NO_TERM_FENCE {
    @Override
    MasterParts parts() {
      return new MasterParts() {
        @Override
        TermFence termFence() {
          return new TermFence() {
            @Override
            public boolean isStale(long plannedTerm, long entryTerm) {
              return false;
            }
          };
        }
      };
    }
  },
  /** A caller who stops waiting takes the locks of its operation along. */
  LOCKS_FREED_AT_DEADLINE {
    @Override
    MasterParts parts() {
      return new MasterParts() {
        @Override
        LockTable lockTable(
            long term,
            LockSettings settings,
            TimeSource time,
            ScheduledExecutorService timer,
            Executor resumer,
            LockMetrics metrics) {
          return new ImpatientLocks(term, settings, time, timer, resumer);
        }
      };
    }
  },
  /** The cache of directories keeps what was read before a change and inserted after it. */
  STALE_CACHE_ENTRY {
    @Override
    MasterParts parts() {
      return new MasterParts() {
        @Override
        DirectoryCache directoryCache(int maxEntries) {
          return LateInsertions.cache(maxEntries, 5);
        }
      };
    }
  };

  private static final int SKIPPED_ENTRY = 60;

  abstract MasterParts parts();
}
