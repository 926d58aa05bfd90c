package io.cadastre.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.config.ClusterMembers;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.net.FreePorts;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.raft.NodeIdentity;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.server.rpc.MemberFormats;
import io.cadastre.server.testing.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A master of this release on data of the first one: an upgrade. */
class FormatRaiseTest {
  private static final Path FIRST_FORMAT =
      Path.of("../journal/src/test/resources/format-1/storage");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;
  private final List<Integer> ports = FreePorts.find(3);
  private Path storage;

  @BeforeEach
  void copy() throws IOException {
    storage = Trees.copy(FIRST_FORMAT, directory.resolve("storage"));
  }

  private String address() {
    return "127.0.0.1:" + ports.get(0) + ":" + ports.get(1) + ":" + ports.get(2);
  }

  private InProcessMaster start(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put(ConfigKeys.MASTER_NAME.name(), "m1");
    settings.put(ConfigKeys.MASTER_STORAGE_DIR.name(), storage.toString());
    settings.put(ConfigKeys.CLUSTER_MEMBERS.name(), "m1=" + address());
    InProcessMaster master =
        InProcessMaster.start(
            settings,
            (reason, cause) -> {
              throw new AssertionError(reason, cause);
            },
            PlantedBug.NONE);
    await().atMost(PATIENCE).until(() -> master.leadingTerm() > 0);
    return master;
  }

  private static long level(InProcessMaster master) {
    return master.look(AppliedView::formatLevel).orElseThrow();
  }

  @Test
  void theLevelIsRaisedOnceEveryMemberReadsTheNewOne() {
    InProcessMaster master = start(Map.of());
    try {
      await().atMost(PATIENCE).until(() -> level(master) == FormatVersion.LEVEL);
    } finally {
      master.kill();
    }
  }

  @Test
  void itStaysWhereAnUpgradeMayHaveToBeUndone() {
    InProcessMaster master = start(Map.of(ConfigKeys.JOURNAL_FORMAT_RAISE.name(), "false"));
    try {
      // The leader's tasks run as soon as it leads; in the other test that takes some milliseconds.
      await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> level(master) == 1);
    } finally {
      master.kill();
    }
  }

  @Test
  void aMemberThatDoesNotAnswerOrIsOfAnotherClusterHoldsItBack() throws IOException {
    String cluster = NodeIdentity.read(storage).clusterId().toString();
    InProcessMaster master = start(Map.of(ConfigKeys.JOURNAL_FORMAT_RAISE.name(), "false"));
    try {
      ClusterMembers two = ClusterMembers.parse("m0=127.0.0.1:1:2:3,m1=" + address());
      assertThat(new MemberFormats("m0", cluster, two).common()).isEqualTo(FormatVersion.LEVEL);
      assertThat(new MemberFormats("m0", "another", two).common()).isZero();
      ClusterMembers swapped = ClusterMembers.parse("m0=127.0.0.1:1:2:3,m2=" + address());
      assertThat(new MemberFormats("m0", cluster, swapped).common()).isZero();
      assertThat(new MemberFormats("m1", cluster, two).common()).isZero();
      assertThat(new MemberFormats("m1", cluster, ClusterMembers.parse("m1=" + address())).common())
          .isEqualTo(FormatVersion.LEVEL);
    } finally {
      master.kill();
    }
  }
}
