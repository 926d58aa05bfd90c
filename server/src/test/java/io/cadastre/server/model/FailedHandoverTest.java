package io.cadastre.server.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.Answer;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.client.Operation;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.LoadTask;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.bootstrap.PlantedBug;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Leadership is handed to a master that is down: for as long as that is tried the leader's log
 * takes nothing, and then the same term goes on.
 */
class FailedHandoverTest {
  private static final Duration HANDOVER = Duration.ofSeconds(3);

  @Test
  void aChangeThatTheStoreMakesMeanwhileIsSettled(@TempDir Path directory) throws Exception {
    String name = "handover-" + UUID.randomUUID();
    MemoryStore store = MemoryStore.named(name);
    try (Cluster cluster = new Cluster(directory, PlantedBug.NONE);
        MetadataClient client = cluster.client()) {
      client.mount("/rw", store.uri(), MountOptions.DEFAULT.withWritable(true));
      int down = (cluster.leader() + 1) % Cluster.SIZE;
      cluster.kill(down);
      // On a busy machine an election may be just under way.
      long term = await().until(cluster::term, leading -> leading > 0);
      Gate gate = store.faults().on(StoreOperation.CREATE_DIRECTORY).pause();
      CompletableFuture<Answer<Done>> made =
          client.submit(Operation.createDirectory("/rw/slow", DirectoryOptions.DEFAULT));
      gate.awaitArrival();
      CompletableFuture<Void> handover =
          CompletableFuture.runAsync(
              () -> client.withTimeout(HANDOVER).admin().transferLeadership(Cluster.name(down)));
      await().until(() -> !takesChanges(client));
      gate.release();
      assertThatThrownBy(() -> handover.get(30, TimeUnit.SECONDS)).isNotNull();
      made.get(30, TimeUnit.SECONDS);
      assertThat(cluster.term()).as("the term goes on").isEqualTo(term);
      client.createDirectory("/rw/slow/below");
    } finally {
      MemoryStore.forget(name);
    }
  }

  @Test
  void aLoadInTheBackgroundGoesOn(@TempDir Path directory) throws Exception {
    String name = "handover-" + UUID.randomUUID();
    MemoryStore store = MemoryStore.named(name);
    store.write("a/file", 1);
    try (Cluster cluster = new Cluster(directory, PlantedBug.NONE);
        MetadataClient client = cluster.client()) {
      client.mount("/m", store.uri(), MountOptions.DEFAULT);
      int down = (cluster.leader() + 1) % Cluster.SIZE;
      cluster.kill(down);
      // On a busy machine an election may be just under way.
      long term = await().until(cluster::term, leading -> leading > 0);
      Gate gate = store.faults().on(StoreOperation.LIST).at("a").times(1).pause();
      LoadOptions all = LoadOptions.DEFAULT.withRecursive(true).withForce(true);
      long first = client.startLoad("/m", all).value().getTaskId();
      gate.awaitArrival();
      CompletableFuture<Void> handover =
          CompletableFuture.runAsync(
              () -> client.withTimeout(HANDOVER).admin().transferLeadership(Cluster.name(down)));
      await().until(() -> !takesChanges(client));
      gate.release();
      assertThatThrownBy(() -> handover.get(30, TimeUnit.SECONDS)).isNotNull();
      assertThat(ended(client, first).getState()).isEqualTo("DONE");
      assertThat(client.exists("/m/a/file").value()).isTrue();
      long second = client.startLoad("/m", all).value().getTaskId();
      assertThat(ended(client, second).getState()).isEqualTo("DONE");
      assertThat(cluster.term()).as("the term goes on").isEqualTo(term);
    } finally {
      MemoryStore.forget(name);
    }
  }

  private static LoadTask ended(MetadataClient client, long task) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> client.listTasks(task, 0).value().getTasks(0).getEndedMillis() > 0);
    return client.listTasks(task, 0).value().getTasks(0);
  }

  private static boolean takesChanges(MetadataClient client) {
    try {
      client.withRetries(false).createDirectory("/" + UUID.randomUUID());
      return true;
    } catch (MetadataException e) {
      return false;
    }
  }
}
