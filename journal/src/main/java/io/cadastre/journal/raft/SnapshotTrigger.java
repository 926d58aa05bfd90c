package io.cadastre.journal.raft;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a snapshot when enough entries or bytes were applied, or enough time has passed, since the
 * last one. Ratis counts entries only, so that a quiet cluster would never purge its log.
 */
final class SnapshotTrigger implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotTrigger.class);
  private static final long PERIOD_MILLIS = 1_000;

  private final RaftJournal journal;
  private final RaftSettings settings;
  private final ScheduledExecutorService timer;
  private long lastNanos = System.nanoTime();
  private long lastBytes;

  SnapshotTrigger(RaftJournal journal, RaftSettings settings) {
    this.journal = journal;
    this.settings = settings;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, settings.nodeName() + "-snapshot-trigger");
              thread.setDaemon(true);
              return thread;
            });
  }

  void start() {
    timer.scheduleWithFixedDelay(this::check, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void check() {
    try {
      long entries = journal.appliedRaftIndex() - Math.max(0, journal.snapshotIndex());
      long bytes = journal.appliedBytes() - lastBytes;
      long elapsed = System.nanoTime() - lastNanos;
      boolean due =
          entries >= settings.snapshotEntries()
              || bytes >= settings.snapshotBytes()
              || elapsed >= settings.snapshotInterval().toNanos();
      if (due && entries > 0) {
        long appliedBytes = journal.appliedBytes();
        journal.checkpoint();
        lastBytes = appliedBytes;
        lastNanos = System.nanoTime();
      }
    } catch (RuntimeException e) {
      LOG.warn("Cannot take a snapshot now; trying again later", e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
