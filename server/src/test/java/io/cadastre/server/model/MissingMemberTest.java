package io.cadastre.server.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.api.proto.StateHashResult;
import io.cadastre.server.bootstrap.InProcessMaster;
import io.cadastre.server.bootstrap.PlantedBug;
import io.cadastre.server.http.Health;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said while members are down. */
class MissingMemberTest {
  @Test
  void whoeverAnswersIsShown(@TempDir Path directory) {
    try (Cluster cluster = new Cluster(directory, PlantedBug.NONE);
        MetadataClient client = cluster.client()) {
      client.createDirectory("/a");
      int down = (cluster.leader() + 1) % Cluster.SIZE;
      cluster.kill(down);
      CheckStateResult result = client.admin().checkState();
      assertThat(result.getVerdict()).isEqualTo("INCOMPLETE");
      Map<String, String> states =
          result.getMembersList().stream()
              .collect(Collectors.toMap(StateHashResult::getNode, StateHashResult::getState));
      assertThat(states).hasSize(Cluster.SIZE).containsEntry(Cluster.name(down), "UNREACHABLE");
      states.remove(Cluster.name(down));
      assertThat(states.values()).containsOnly("READY");
    }
  }

  @Test
  void whoeverIsLeftAloneIsNotReadyAndNamesNoLeader(@TempDir Path directory) {
    try (Cluster cluster = new Cluster(directory, PlantedBug.NONE)) {
      int leader = cluster.leader();
      InProcessMaster left = cluster.master((leader + 1) % Cluster.SIZE);
      await().atMost(Cluster.PATIENCE).until(() -> left.health().ready());
      assertThat(left.health().leaderAddress()).isNotEmpty();
      cluster.kill((leader + 2) % Cluster.SIZE);
      cluster.kill(leader);
      await()
          .atMost(Cluster.PATIENCE)
          .untilAsserted(
              () -> {
                Health health = left.health();
                assertThat(health.role()).isEqualTo("CANDIDATE");
                assertThat(health.ready()).isFalse();
                assertThat(health.leaderAddress()).isEmpty();
              });
    }
  }
}
