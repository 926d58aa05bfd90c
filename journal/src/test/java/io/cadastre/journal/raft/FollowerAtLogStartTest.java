package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What leads to RATIS-2500: a member is down while leadership moves (which starts a new segment)
 * and the log before that is purged. With Ratis' own rule the member would then need exactly the
 * first entry of the leader's log, the entry before it would be gone, and the leader would ask it
 * for ever to install a snapshot. {@link PurgeLimit} keeps the last entry that the member has.
 */
class FollowerAtLogStartTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void catchesUpFromTheLog(boolean storeIsOlderThanItsLog) throws Exception {
    try (TestCluster cluster =
        new TestCluster(directory, 3)
            .with(s -> RaftJournalTest.with(s, 16 << 10, 1_000_000, 1L << 40, Duration.ofHours(1)))
            .startAll()) {
      TestNode leader = cluster.leader();
      TestNode follower = cluster.followers().get(0);
      TestNode next = cluster.followers().get(1);
      cluster.writeMany("a", 50);
      cluster.converge();
      // As after a kill -9: entries were committed, and reported so, but are not in the store yet.
      Path olderStore = directory.resolve("older-store");
      follower.store.checkpoint(olderStore);
      cluster.writeMany("b", 200);
      cluster.converge();
      long last = follower.applied();
      await().atMost(TestCluster.PATIENCE).until(() -> commitOf(next, follower.name()) == last);
      cluster.stop(follower.name());
      if (storeIsOlderThanItsLog) {
        replace(follower.storage.resolve("store"), olderStore);
      }

      leader.journal.transferLeadership(next.name(), 10_000);
      await().atMost(TestCluster.PATIENCE).until(next::leads);
      cluster.writeMany("c", 100);
      cluster.converge();
      next.journal.checkpoint();
      await()
          .atMost(TestCluster.PATIENCE)
          .untilAsserted(() -> assertThat(next.journal.logStartIndex()).isBetween(2L, last));

      TestNode back = cluster.start(follower.name());
      cluster.converge();
      assertThat(TestCluster.has(back, "c99")).isTrue();
      cluster.writeMany("d", 5);
      cluster.converge();
      cluster.assertHealthy();
      assertThat(cluster.leader()).isSameAs(next);
    }
  }

  private static long commitOf(TestNode asSeenBy, String member) {
    return asSeenBy.journal.members().stream()
        .filter(info -> info.member().name().equals(member))
        .findFirst()
        .orElseThrow()
        .commitIndex();
  }

  private static void replace(Path target, Path by) throws IOException {
    try (Stream<Path> files = Files.walk(target)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    Files.move(by, target);
  }

  @ParameterizedTest
  @CsvSource({
    "50, 50, false, true",
    "51, 50, false, true",
    "49, 50, false, false",
    "0, 50, true, true",
    "0, 0, false, true",
    "10, -1, false, false",
  })
  void theLogServesWhoeverNeedsNoEarlierEntry(
      long nextIndex, long logStart, boolean saidNo, boolean serves) {
    assertThat(CadastreLogAppender.logServes(nextIndex, logStart, saidNo)).isEqualTo(serves);
  }

  @Test
  void nothingIsPurgedThatAMemberHasNotReported() {
    List<String> members = List.of("m1", "m2", "m3");
    assertThat(PurgeLimit.of(members, 100, List.of())).isEqualTo(-1);
    assertThat(PurgeLimit.of(members, 100, List.of(commit("m1", 100), commit("m2", 90))))
        .as("a member that was not heard of")
        .isEqualTo(-1);
    assertThat(
            PurgeLimit.of(
                members, 100, List.of(commit("m1", 100), commit("m2", 90), commit("m3", 95))))
        .isEqualTo(89);
    assertThat(
            PurgeLimit.of(
                members, 80, List.of(commit("m1", 100), commit("m2", 90), commit("m3", 95))))
        .isEqualTo(79);
  }

  private static CommitInfoProto commit(String name, long index) {
    return ProtoUtils.toCommitInfoProto(RaftPeer.newBuilder().setId(name).build(), index);
  }
}
