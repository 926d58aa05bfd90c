package io.cadastre.server.bootstrap;

import io.cadastre.journal.apply.TermFence;
import io.cadastre.server.cache.LateInsertions;
import io.cadastre.server.lock.ImpatientLocks;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Bugs that a test puts into a master, to see that they are found. */
public enum PlantedBug {
  /** None: the master as it is. */
  NONE(() -> MasterParts.DEFAULT),
  /** One replica leaves one entry out. Plant it in one master only. */
  SKIPPED_APPLY(() -> MasterParts.DEFAULT.withTermFence(SkippedEntry::new)),
  /** An entry takes effect in whatever term the log puts it. */
  NO_TERM_FENCE(() -> MasterParts.DEFAULT.withTermFence(NoFence::new)),
  /** A caller who stops waiting takes the locks of its operation along. */
  LOCKS_FREED_AT_DEADLINE(() -> MasterParts.DEFAULT.withLockTables(ImpatientLocks::new)),
  /** The cache of directories keeps what was read before a change and inserted after it. */
  STALE_CACHE_ENTRY(
      () -> MasterParts.DEFAULT.withDirectoryCache(most -> LateInsertions.cache(most, 5)));

  private final Supplier<MasterParts> parts;

  PlantedBug(Supplier<MasterParts> parts) {
    this.parts = parts;
  }

  MasterParts parts() {
    return parts.get();
  }

  private static final class SkippedEntry extends TermFence {
    private static final int SKIPPED = 60;
    private final AtomicInteger entries = new AtomicInteger();

    @Override
    public boolean isStale(long plannedTerm, long entryTerm) {
      return entries.incrementAndGet() == SKIPPED || super.isStale(plannedTerm, entryTerm);
    }
  }

  private static final class NoFence extends TermFence {
    @Override
    public boolean isStale(long plannedTerm, long entryTerm) {
      return false;
    }
  }
}
