package io.cadastre.server.namespace.upkeep;

import io.cadastre.core.error.MetadataException;
import io.cadastre.server.transaction.Leadership;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the leader's tasks during one term, each on a thread of its own. Close it when the term is
 * over.
 */
public final class LeaderTasks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderTasks.class);
  private static final long PAUSE_AFTER_FAILURE_MILLIS = 1_000;

  private final List<Thread> threads = new ArrayList<>();

  public LeaderTasks(Leadership leadership, List<LeaderTask> tasks) {
    for (LeaderTask task : tasks) {
      Thread thread = new Thread(() -> run(leadership, task), "leader-" + task.name());
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  private static void run(Leadership leadership, LeaderTask task) {
    while (!leadership.isClosed()) {
      long pause;
      try {
        pause = task.runOnce(leadership);
      } catch (InterruptedException e) {
        return;
      } catch (MetadataException e) {
        if (leadership.isClosed()) {
          return;
        }
        // Also of NOT_LEADER: while a hand-over is tried the log takes nothing, and if that fails
        // this term goes on.
        LOG.info("The leader's task {} has to wait: {}", task.name(), e.getMessage());
        pause = PAUSE_AFTER_FAILURE_MILLIS;
      } catch (RuntimeException e) {
        LOG.error("The leader's task {} failed; trying again", task.name(), e);
        pause = PAUSE_AFTER_FAILURE_MILLIS;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
