package io.cadastre.server.namespace.upkeep;

import io.cadastre.server.sync.SyncTasks;
import io.cadastre.server.transaction.Leadership;

/** Works off the loads of the background. */
public final class LoadWorker implements LeaderTask {
  private final SyncTasks tasks;

  public LoadWorker(SyncTasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public String name() {
    return "loads";
  }

  @Override
  public long runOnce(Leadership leadership) throws InterruptedException {
    return tasks.runOnce(leadership);
  }
}
