package io.cadastre.server.namespace.upkeep;

import io.cadastre.server.sync.SyncService;
import io.cadastre.server.transaction.Leadership;

/** Journals sync marks that found no other entry to ride on. */
public final class MarkFlusher implements LeaderTask {
  private final SyncService sync;
  private final long delayMillis;

  public MarkFlusher(SyncService sync, long delayMillis) {
    this.sync = sync;
    this.delayMillis = delayMillis;
  }

  @Override
  public String name() {
    return "sync-marks";
  }

  @Override
  public long runOnce(Leadership leadership) {
    sync.flushMarks(leadership);
    return delayMillis;
  }
}
