package io.cadastre.server.model;

import io.cadastre.client.MetadataClient;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.bootstrap.InProcessMaster;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Brings faults upon a cluster while operations go on: one after the other, on a thread of its own.
 * At most one member is down at a time, but for the moment in which all are.
 */
final class Faults implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 240;

  private final Cluster cluster;
  private final MetadataClient client;
  private final History history;
  private final Map<Fault.Kind, Integer> done = new EnumMap<>(Fault.Kind.class);
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread created = new Thread(task, "faults");
            created.setDaemon(true);
            return created;
          });

  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
  private int late;

  Faults(Cluster cluster, MetadataClient client, History history) {
    this.cluster = cluster;
    this.client = client.withTimeout(Duration.ofSeconds(5));
    this.history = history;
  }

  /** Begins a fault; waits only for the one before it. */
  void begin(Fault fault) {
    settle();
    done.merge(fault.kind(), 1, Integer::sum);
    last = CompletableFuture.runAsync(() -> happen(fault), thread);
  }

  /** Waits until the last fault is over; all members but one that was killed are up then. */
  void settle() {
    last.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** Whether no fault is under way. */
  boolean areOver() {
    return last.isDone();
  }

  /** Starts who is down. */
  void heal() {
    settle();
    cluster.startAll();
  }

  Map<Fault.Kind, Integer> done() {
    return done;
  }

  private void happen(Fault fault) {
    history.note("   fault " + fault + " begins");
    String end = "is over";
    try {
      bring(fault);
    } catch (MetadataException e) {
      end = "did not succeed: " + e.getMessage();
    }
    history.note("   fault " + fault + " " + end);
  }

  private void bring(Fault fault) {
    switch (fault.kind()) {
      case TRANSFER -> {
        if (cluster.isUp(fault.member())) {
          client.admin().transferLeadership(Cluster.name(fault.member()));
        }
      }
      case STEP_DOWN -> {
        InProcessMaster leader = cluster.master(cluster.leader());
        if (leader != null) {
          leader.stepDown();
        }
      }
      case KILL_LEADER -> {
        cluster.startAll();
        cluster.kill(cluster.leader());
      }
      case KILL_FOLLOWER -> {
        cluster.startAll();
        cluster.kill((cluster.leader() + 1 + fault.member() % 2) % Cluster.SIZE);
      }
      case RESTART -> cluster.startAll();
      case KILL_ALL -> {
        cluster.killAll();
        cluster.startAll();
      }
      case SNAPSHOT -> {
        if (cluster.isUp(fault.member())) {
          client.admin().checkpoint(cluster.address(fault.member()));
        }
      }
      case LATE_ENTRY -> lateEntry();
    }
  }

  private void lateEntry() {
    InProcessMaster leader = cluster.master(cluster.leader());
    if (leader != null) {
      CompletableFuture<Void> sent = leader.lateEntry("late-" + late++);
      sent.exceptionally(
              failure -> {
                history.note("   the late entry did not get into the log: " + failure.getMessage());
                return null;
              })
          .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .join();
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
