package io.cadastre.server.namespace.upkeep;

import io.cadastre.server.sync.SyncSchedules;
import io.cadastre.server.transaction.Leadership;

/** Begins the comparisons that are due by schedule. */
public final class ScheduleKeeper implements LeaderTask {
  private final SyncSchedules schedules;

  public ScheduleKeeper(SyncSchedules schedules) {
    this.schedules = schedules;
  }

  @Override
  public String name() {
    return "sync-schedules";
  }

  @Override
  public long runOnce(Leadership leadership) {
    return schedules.runOnce(leadership);
  }
}
