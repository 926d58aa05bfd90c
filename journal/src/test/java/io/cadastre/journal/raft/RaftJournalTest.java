package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.journal.snapshot.StateHash;
import io.cadastre.journal.testing.RandomJournal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.server.metrics.LeaderElectionMetrics;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Three real members on loopback: what a cluster promises while members come and go. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RaftJournalTest {
  @TempDir Path directory;

  @Test
  void writesReachAllMembersAndSurviveTheLossOfOneAndARestartOfAll() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 3).startAll()) {
      cluster.writeMany("a", 200);
      cluster.converge();

      String lost = cluster.leader().name();
      cluster.stop(lost);
      cluster.writeMany("b", 100);
      cluster.converge();

      cluster.start(lost);
      StateHash before = cluster.converge();
      assertThat(before.rows()).isEqualTo(2 + 300 * 2);
      cluster.assertHealthy();

      for (String name : List.of("m1", "m2", "m3")) {
        cluster.stop(name);
      }
      cluster.startAll();
      assertThat(cluster.converge()).isEqualTo(before);
      cluster.writeMany("c", 10);
      cluster.converge();
      cluster.assertHealthy();
    }
  }

  /** What was acknowledged by a majority of which one has lost its disk must not be voted away. */
  @Test
  void aMemberWithoutAnEntryElectsNobodyWhereThereAreSome() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 3)) {
      cluster.start("m1");
      cluster.start("m2");
      assertThat(cluster.write(RandomJournal.initOperation(cluster.clusterId)).get())
          .isEqualTo("applied");
      cluster.writeMany("a", 20);
      cluster.converge();
      String lost = cluster.leader().name();
      cluster.stop(lost);

      // As a new disk under an old name would look.
      cluster.start("m3");
      await()
          .atMost(TestCluster.PATIENCE)
          .during(Duration.ofSeconds(4))
          .until(() -> cluster.nodes().stream().noneMatch(TestNode::leads));

      cluster.start(lost);
      cluster.writeMany("b", 20);
      assertThat(cluster.converge().rows()).isEqualTo(2 + 40 * 2);

      // It has entries now, and counts: without it there is no majority.
      String leader = cluster.leader().name();
      cluster.stop(leader.equals("m3") ? lost : leader);
      cluster.writeMany("c", 20);
      assertThat(cluster.converge().rows()).isEqualTo(2 + 60 * 2);
      cluster.assertHealthy();
    }
  }

  @Test
  void aRandomLogThroughTheWriterGivesTheSameStateEverywhere() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 3).startAll()) {
      RandomJournal journal = new RandomJournal(7);
      List<TestCluster.Outcome> outcomes = new ArrayList<>();
      for (int i = 0; i < 1500; i++) {
        outcomes.add(cluster.write(journal.nextOperation()));
      }
      assertThat(outcomes).allSatisfy(o -> assertThat(o.get()).isEqualTo("applied"));
      assertThat(outcomes).allSatisfy(o -> assertThat(o.times).hasValue(1));
      assertThat(cluster.converge().rows()).isGreaterThan(200);
      cluster.assertHealthy();
    }
  }

  @Test
  void theLogIsPurgedButNeverBeyondWhatAStoppedMemberHas() throws Exception {
    try (TestCluster cluster =
        new TestCluster(directory, 3).with(RaftJournalTest::smallSegments).startAll()) {
      cluster.writeMany("a", 50);
      cluster.converge();
      String stopped = cluster.followers().get(0).name();
      long had = cluster.node(stopped).applied();
      cluster.stop(stopped);

      // Enough for several segments.
      cluster.writeOneByOne("b", 500);
      for (TestNode node : cluster.nodes()) {
        node.journal.checkpoint();
        assertThat(node.journal.logStartIndex()).isLessThanOrEqualTo(had + 1);
      }
      cluster.start(stopped);
      cluster.converge();
      assertThat(TestCluster.has(cluster.node(stopped), "b499")).isTrue();

      // With everybody back, the log goes.
      cluster.writeMany("c", 1);
      cluster.converge();
      TestNode leader = cluster.leader();
      await()
          .atMost(TestCluster.PATIENCE)
          .until(
              () -> {
                cluster.writeMany("d" + System.nanoTime(), 1);
                leader.journal.checkpoint();
                return leader.journal.logStartIndex() > had + 1;
              });
      cluster.assertHealthy();
    }
  }

  private static RaftSettings smallSegments(RaftSettings s) {
    return with(s, 16 << 10, s.snapshotEntries(), s.snapshotBytes(), s.snapshotInterval());
  }

  static RaftSettings with(
      RaftSettings s, long segment, long entries, long bytes, Duration interval) {
    return new RaftSettings(
        s.clusterId(),
        s.nodeName(),
        s.storageDirectory(),
        s.members(),
        s.bindAddress(),
        s.electionTimeoutMin(),
        s.electionTimeoutMax(),
        segment,
        0,
        entries,
        bytes,
        interval,
        s.fsync(),
        s.lease());
  }

  @Test
  void aSingleMemberSnapshotsAndPurgesByItself() throws Exception {
    try (TestCluster cluster =
        new TestCluster(directory, 1)
            .with(s -> with(s, 16 << 10, 100, 1L << 40, Duration.ofHours(1)))
            .startAll()) {
      TestNode node = cluster.leader();
      cluster.writeOneByOne("a", 500);
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> node.journal.snapshotIndex() > 200 && node.journal.logStartIndex() > 100);
      StateHash before = cluster.converge();
      cluster.stop("m1");
      cluster.startAll();
      assertThat(cluster.converge()).isEqualTo(before);
      cluster.assertHealthy();
    }
  }

  @Test
  void aQuietClusterSnapshotsByTimeAndBytes() throws Exception {
    try (TestCluster cluster =
        new TestCluster(directory, 1)
            .with(s -> with(s, 64 << 10, 1_000_000, 1L << 40, Duration.ofMillis(1)))
            .startAll()) {
      cluster.writeMany("a", 3);
      TestNode node = cluster.leader();
      await().atMost(TestCluster.PATIENCE).until(() -> node.journal.snapshotIndex() >= 1);
    }
    try (TestCluster cluster =
        new TestCluster(directory.resolve("bytes"), 1)
            .with(s -> with(s, 64 << 10, 1_000_000, 10_000, Duration.ofHours(1)))
            .startAll()) {
      cluster.writeMany("a", 100);
      TestNode node = cluster.leader();
      await().atMost(TestCluster.PATIENCE).until(() -> node.journal.snapshotIndex() >= 1);
    }
  }

  @Test
  void leadershipIsTransferredAndTheOldWriterRefuses() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 3).startAll()) {
      cluster.writeMany("a", 20);
      TestNode old = cluster.leader();
      JournalWriter writer = old.writer();
      TestNode target = cluster.followers().get(0);
      cluster.converge();
      old.journal.transferLeadership(target.name(), 5_000);
      await().atMost(TestCluster.PATIENCE).until(target::leads);
      await().atMost(TestCluster.PATIENCE).until(() -> !old.leads());
      assertThat(old.journal.mayServe()).isFalse();
      await().atMost(TestCluster.PATIENCE).until(() -> old.journal.leader().equals(target.name()));
      assertThatThrownBy(() -> writer.submit(new TestCluster.Outcome(cluster.create("late"))))
          .isInstanceOfSatisfying(
              MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_LEADER));
      assertThatThrownBy(() -> old.journal.transferLeadership("m9", 100))
          .hasMessageContaining("not a member");
      assertThatThrownBy(() -> old.journal.transferLeadership(target.name(), 1_000))
          .isInstanceOfSatisfying(
              MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_LEADER));
      cluster.writeMany("b", 20);
      cluster.converge();
      cluster.assertHealthy();
    }
  }

  @Test
  void whoGetsLeadershipBackServesAtOnce() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 3).startAll()) {
      TestNode first = cluster.leader();
      TestNode second = cluster.followers().get(0);
      cluster.converge();
      first.journal.transferLeadership(second.name(), 20_000);
      await().atMost(TestCluster.PATIENCE).until(second::leads);
      second.journal.transferLeadership(first.name(), 20_000);
      await().atMost(TestCluster.PATIENCE).until(first::leads);
      await().atMost(Duration.ofSeconds(3)).until(first.journal::mayServe);
    }
  }

  @Test
  void steppingDownMakesAnotherElectionAndEveryLeadingIsEnded() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 3).startAll()) {
      TestNode first = cluster.leader();
      long term = first.journal.leadingTerm();
      first.journal.stepDown("a test wants it");
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() -> cluster.leader().journal.leadingTerm() > term);
      cluster.writeMany("a", 5);
      cluster.converge();
      for (TestNode node : cluster.nodes()) {
        List<String> roles = List.copyOf(node.roles);
        for (int i = 0; i < roles.size(); i++) {
          assertThat(roles.get(i).startsWith("leading")).as("%s", roles).isEqualTo(i % 2 == 0);
        }
      }
      cluster.assertHealthy();
    }
  }

  @Test
  void aLeaderWithoutQuorumMayNotServe() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 3).startAll()) {
      TestNode leader = cluster.leader();
      await().atMost(TestCluster.PATIENCE).until(leader.journal::mayServe);
      cluster.followers().stream().map(TestNode::name).toList().forEach(cluster::stop);
      await().atMost(Duration.ofSeconds(2)).until(() -> !leader.journal.mayServe());
      TestCluster.Outcome outcome = new TestCluster.Outcome(cluster.create("nobody"));
      JournalWriter writer = leader.writer();
      if (writer != null) {
        writer.submit(outcome);
        assertThat(outcome.get()).isIn("unknown", "refused NOT_LEADER");
        assertThat(outcome.times).hasValue(1);
      }
      assertThat(TestCluster.has(leader, "nobody")).isFalse();
    }
  }

  @Test
  @Tag("bad-input:raft.group")
  void aPeerOfAnotherClusterIsNotHeard() throws Exception {
    try (TestCluster cluster = new TestCluster(directory.resolve("own"), 1).startAll()) {
      TestNode leader = cluster.leader();
      long term = leader.journal.leadingTerm();
      RaftSettings.Member own = cluster.settings("m1").members().get(0);
      // Another cluster, whose member list has our master's address.
      try (TestCluster other =
          new TestCluster(directory.resolve("other"), 2).with(s -> withFirstMember(s, own))) {
        long elections = elections("m2");
        TestNode stranger = other.start("m2");
        await().atMost(TestCluster.PATIENCE).until(() -> elections("m2") > elections);
        cluster.writeMany("a", 50);
        assertThat(leader.journal.leadingTerm()).isEqualTo(term);
        assertThat(stranger.journal.leadingTerm()).isZero();
        assertThat(stranger.applied()).isEqualTo(-1);
      }
      cluster.assertHealthy();
    }
  }

  /**
   * How often members of this name asked for votes. Neither term nor role would do: Ratis votes on
   * trial before it raises its term, and is a candidate for a millisecond.
   */
  private static long elections(String name) {
    return MetricRegistries.global().getMetricRegistries().stream()
        .filter(registry -> isOfElections(registry.getMetricRegistryInfo(), name))
        .mapToLong(
            registry ->
                registry.counter(LeaderElectionMetrics.LEADER_ELECTION_COUNT_METRIC).getCount())
        .sum();
  }

  private static boolean isOfElections(MetricRegistryInfo registry, String name) {
    return registry
            .getMetricsComponentName()
            .equals(LeaderElectionMetrics.RATIS_LEADER_ELECTION_METRICS)
        && registry.getPrefix().startsWith(name + "@");
  }

  private static RaftSettings withFirstMember(RaftSettings s, RaftSettings.Member first) {
    return new RaftSettings(
        s.clusterId(),
        s.nodeName(),
        s.storageDirectory(),
        List.of(first, s.members().get(1)),
        s.bindAddress(),
        s.electionTimeoutMin(),
        s.electionTimeoutMax(),
        s.segmentBytes(),
        s.preservedEntries(),
        s.snapshotEntries(),
        s.snapshotBytes(),
        s.snapshotInterval(),
        s.fsync(),
        s.lease());
  }

  @Test
  @Tag("bad-input:raft.client")
  void whoeverReachesTheRaftPortCannotWriteTheLog() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 3).startAll()) {
      TestNode leader = cluster.leader();
      long term = leader.journal.leadingTerm();
      long applied = leader.applied();
      JournalEntry forged =
          JournalEntry.newBuilder()
              .setFormat(1)
              .setPlannedTerm(term)
              .addOperations(cluster.create("forged"))
              .build();
      RaftPeer peer =
          RaftPeer.newBuilder()
              .setId(leader.name())
              .setAddress(address(cluster, leader.name()))
              .build();
      RaftGroup group =
          RaftGroup.valueOf(RaftGroupId.valueOf(UUID.fromString(cluster.clusterId)), peer);
      try (RaftClient client =
          RaftClient.newBuilder()
              .setRaftGroup(group)
              .setLeaderId(peer.getId())
              .setProperties(new RaftProperties())
              .setRetryPolicy(RetryPolicies.noRetry())
              .build()) {
        Message message = Message.valueOf(ByteString.copyFrom(forged.toByteArray()));
        assertThatThrownBy(() -> client.io().send(message)).hasMessageContaining("UNIMPLEMENTED");
      }
      assertThat(leader.journal.leadingTerm()).isEqualTo(term);
      assertThat(leader.applied()).isEqualTo(applied);
      cluster.writeMany("a", 10);
      assertThat(TestCluster.has(leader, "forged")).isFalse();
      cluster.converge();
      cluster.assertHealthy();
    }
  }

  private static String address(TestCluster cluster, String name) {
    return cluster.members().stream()
        .filter(member -> member.name().equals(name))
        .map(RaftSettings.Member::raftAddress)
        .findFirst()
        .orElseThrow();
  }

  /** Ratis' client and admin services could write the log too. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void nothingListensButTheRaftPorts() throws Exception {
    Set<Integer> before = listeningPorts();
    try (TestCluster cluster = new TestCluster(directory, 3).startAll()) {
      cluster.writeMany("a", 1);
      Set<Integer> now = listeningPorts();
      now.removeAll(before);
      assertThat(now)
          .containsExactlyInAnyOrderElementsOf(
              cluster.members().stream().map(RaftSettings.Member::raftPort).toList());
    }
  }

  /** Of this process, as Linux tells them: proc(5), net/tcp. */
  private static Set<Integer> listeningPorts() throws IOException {
    Set<String> own = new HashSet<>();
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : open) {
        try {
          own.add(Files.readSymbolicLink(descriptor).toString());
        } catch (NoSuchFileException closedMeanwhile) {
          continue;
        }
      }
    }
    Set<Integer> ports = new TreeSet<>();
    for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
      List<String> lines = Files.readAllLines(Path.of(table));
      for (String line : lines.subList(1, lines.size())) {
        String[] fields = line.strip().split("\\s+");
        if (fields[3].equals("0A") && own.contains("socket:[" + fields[9] + "]")) {
          ports.add(Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16));
        }
      }
    }
    return ports;
  }

  @Test
  void anOperationThatIsTooLargeIsRefusedAndTheLargestIsNot() throws Exception {
    try (TestCluster cluster = new TestCluster(directory, 3).startAll()) {
      TestNode leader = cluster.leader();
      long term = leader.journal.leadingTerm();
      PlannedOperation tooLarge = filled(JournalWriter.MAX_OPERATION_BYTES + 1);
      assertThatThrownBy(() -> leader.writer().submit(new TestCluster.Outcome(tooLarge)))
          .isInstanceOfSatisfying(
              MetadataException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.TOO_LARGE);
                assertThat(e.context()).containsKey("limit");
              });
      PlannedOperation largest = filled(JournalWriter.MAX_OPERATION_BYTES);
      assertThat(largest.getSerializedSize()).isEqualTo(JournalWriter.MAX_OPERATION_BYTES);
      assertThat(cluster.write(largest).get()).isEqualTo("applied");
      assertThat(leader.journal.leadingTerm()).isEqualTo(term);
      cluster.converge();
      cluster.assertHealthy();
    }
  }

  /** An operation of exactly this size: one row with a long body. */
  private static PlannedOperation filled(int bytes) {
    int size = 0;
    PlannedOperation operation = null;
    for (int padding = bytes - 1000; size < bytes; padding += Math.max(1, bytes - size)) {
      String owner = "x".repeat(padding);
      operation =
          PlannedOperation.newBuilder()
              .addRecords(
                  Records.create(
                      InodeRow.ROOT_ID, "large", RandomJournal.row(900, true, 1, owner), 1))
              .build();
      size = operation.getSerializedSize();
    }
    return operation;
  }
}
