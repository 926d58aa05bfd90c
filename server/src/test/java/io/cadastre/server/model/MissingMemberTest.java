package io.cadastre.server.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.CheckStateResult;
import io.cadastre.core.api.proto.StateHashResult;
import io.cadastre.server.bootstrap.PlantedBug;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The members' states are compared while one of them is down: the others' are shown. */
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
}
