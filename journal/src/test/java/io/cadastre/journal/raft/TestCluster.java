package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.net.FreePorts;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.journal.snapshot.StateHash;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.testing.RandomJournal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Real members of one cluster in this process, on loopback ports. */
final class TestCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What became of a submitted operation; must be told exactly once. */
  static final class Outcome implements JournalWriter.Submission {
    final PlannedOperation operation;
    final CompletableFuture<String> told = new CompletableFuture<>();
    final AtomicInteger times = new AtomicInteger();
    volatile long stateIndex;

    Outcome(PlannedOperation operation) {
      this.operation = operation;
    }

    @Override
    public PlannedOperation operation() {
      return operation;
    }

    @Override
    public void applied(long atStateIndex, long term) {
      stateIndex = atStateIndex;
      tell("applied");
    }

    @Override
    public void refused(MetadataException reason) {
      tell("refused " + reason.code());
    }

    @Override
    public void unknown() {
      tell("unknown");
    }

    private void tell(String what) {
      times.incrementAndGet();
      told.complete(what);
    }

    String get() {
      return told.orTimeout(30, TimeUnit.SECONDS).join();
    }
  }

  final String clusterId = UUID.randomUUID().toString();
  private final Path directory;
  private final List<RaftSettings.Member> members = new ArrayList<>();
  private final TreeMap<String, TestNode> running = new TreeMap<>();
  private UnaryOperator<RaftSettings> change = UnaryOperator.identity();
  private long nextId = 2;

  TestCluster(Path directory, int size) {
    this.directory = directory;
    for (int port : FreePorts.find(size)) {
      members.add(new RaftSettings.Member("m" + (members.size() + 1), "127.0.0.1", port));
    }
  }

  /** Changes the settings of nodes started from here on. */
  TestCluster with(UnaryOperator<RaftSettings> changed) {
    change = changed;
    return this;
  }

  List<RaftSettings.Member> members() {
    return List.copyOf(members);
  }

  RaftSettings settings(String name) {
    return change.apply(
        new RaftSettings(
            clusterId,
            name,
            directory.resolve(name).resolve("raft"),
            List.copyOf(members),
            "127.0.0.1",
            Duration.ofMillis(300),
            Duration.ofMillis(600),
            64 << 20,
            0,
            1_000_000,
            1L << 40,
            Duration.ofHours(1),
            true,
            true));
  }

  Path storage(String name) {
    return directory.resolve(name);
  }

  TestNode start(String name) {
    TestNode node = new TestNode(settings(name));
    running.put(name, node);
    return node;
  }

  /** Starts all members and journals the first record of the cluster if it is new. */
  TestCluster startAll() {
    members.forEach(member -> start(member.name()));
    TestNode leader = leader();
    if (leader.hash().rows() == 0) {
      assertThat(write(RandomJournal.initOperation(clusterId)).get()).isEqualTo("applied");
    }
    return this;
  }

  void stop(String name) {
    running.remove(name).close();
  }

  Collection<TestNode> nodes() {
    return running.values();
  }

  TestNode node(String name) {
    return running.get(name);
  }

  TestNode leader() {
    await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> findLeader().isPresent());
    return findLeader().orElseThrow();
  }

  private Optional<TestNode> findLeader() {
    return running.values().stream().filter(TestNode::leads).findFirst();
  }

  List<TestNode> followers() {
    TestNode leader = leader();
    return running.values().stream().filter(node -> node != leader).toList();
  }

  /** The id of the next directory that {@link #create} makes. */
  void nextId(long id) {
    nextId = id;
  }

  /** A directory under the root; ids are this helper's own. */
  PlannedOperation create(String name) {
    long id = nextId++;
    return PlannedOperation.newBuilder()
        .addRecords(
            Records.create(
                InodeRow.ROOT_ID, name, RandomJournal.row(id, true, 1000 + id, "o"), 1000 + id))
        .build();
  }

  /** Submits to the leader, whoever that is by now. */
  Outcome write(PlannedOperation operation) {
    while (true) {
      Outcome outcome = new Outcome(operation);
      JournalWriter writer = leader().writer();
      try {
        if (writer != null) {
          writer.submit(outcome);
          return outcome;
        }
      } catch (MetadataException e) {
        // Lost leadership between the two; the next one is found above.
        assertThat(e.code().name()).isEqualTo("NOT_LEADER");
      }
    }
  }

  /**
   * Makes directories, many on their way at once; each is there afterwards, whoever led meanwhile.
   */
  void writeMany(String prefix, int count) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      outcomes.add(write(create(prefix + i)));
    }
    for (int i = 0; i < count; i++) {
      settle(prefix + i, outcomes.get(i));
    }
  }

  /** One entry per operation: waits for each. */
  void writeOneByOne(String prefix, int count) {
    for (int i = 0; i < count; i++) {
      settle(prefix + i, write(create(prefix + i)));
    }
  }

  /**
   * A busy machine may change its leader at any time: what is unknown or refused then is looked up
   * at the next leader, who has applied all that came before, and written again if it is not there.
   */
  private void settle(String name, Outcome first) {
    Outcome outcome = first;
    while (!outcome.get().equals("applied")) {
      assertThat(outcome.get()).isIn("unknown", "refused NOT_LEADER");
      if (has(leader(), name)) {
        return;
      }
      outcome = write(create(name));
    }
  }

  /** Waits until all running members have applied the same index, and compares them. */
  StateHash converge() {
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .until(() -> running.values().stream().map(TestNode::applied).distinct().count() == 1);
    List<StateHash> hashes = running.values().stream().map(TestNode::hash).distinct().toList();
    assertThat(hashes).as("state of all members").hasSize(1);
    return hashes.get(0);
  }

  void assertHealthy() {
    assertThat(running.values()).allSatisfy(node -> assertThat(node.fatal).isEmpty());
  }

  static boolean has(TestNode node, String name) {
    try (AppliedView view = node.journal.view()) {
      byte[] key = KeyLayout.child(InodeRow.ROOT_ID, name.getBytes(StandardCharsets.UTF_8));
      return view.get(Family.CHILDREN, key) != null;
    }
  }

  @Override
  public void close() {
    List<TestNode> nodes = List.copyOf(running.values());
    running.clear();
    CompletableFuture.allOf(
            nodes.stream()
                .map(node -> CompletableFuture.runAsync(node::close))
                .toArray(CompletableFuture[]::new))
        .join();
  }
}
