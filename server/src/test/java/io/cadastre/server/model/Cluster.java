package io.cadastre.server.model;

import static org.awaitility.Awaitility.await;

import io.cadastre.client.MetadataClient;
import io.cadastre.core.net.FreePorts;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.server.bootstrap.InProcessMaster;
import io.cadastre.server.bootstrap.PlantedBug;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Three whole masters in this process, as they are wired in the product: Raft over loopback, a
 * RocksDB store each. Faults come from one thread, questions from any.
 */
final class Cluster implements AutoCloseable {
  static final int SIZE = 3;

  /** A busy machine may elect nobody for a minute, as these election timeouts are short. */
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Path directory;
  private final PlantedBug bug;
  private final String clusterId = UUID.randomUUID().toString();
  private final List<Integer> ports = FreePorts.find(3 * SIZE);
  private final AtomicReferenceArray<InProcessMaster> masters = new AtomicReferenceArray<>(SIZE);
  final List<String> halted = Collections.synchronizedList(new ArrayList<>());

  Cluster(Path directory, PlantedBug bug) {
    this.directory = directory;
    this.bug = bug;
    for (int i = 0; i < SIZE; i++) {
      format(i);
    }
    startAll();
    awaitEntries();
  }

  /**
   * Waits until every member has an entry of the log. Before, it is none whose vote counts: its
   * empty log looks like that of a lost disk, so a leader that is killed then has no successor.
   */
  private void awaitEntries() {
    for (int i = 0; i < SIZE; i++) {
      InProcessMaster master = masters.get(i);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> master.look(AppliedView::stateIndex).orElse(0L) > 0);
    }
  }

  static String name(int member) {
    return "m" + (member + 1);
  }

  String address(int member) {
    return "127.0.0.1:" + ports.get(3 * member + 1);
  }

  List<String> addresses() {
    return IntStream.range(0, SIZE).mapToObj(this::address).toList();
  }

  MetadataClient client() {
    return MetadataClient.builder()
        .masters(addresses())
        .user(Namespace.USER)
        .callTimeout(PATIENCE)
        .build();
  }

  private Map<String, String> settings(int member) {
    Map<String, String> settings = new HashMap<>();
    List<String> members = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      members.add(
          name(i)
              + "=127.0.0.1:"
              + ports.get(3 * i)
              + ":"
              + ports.get(3 * i + 1)
              + ":"
              + ports.get(3 * i + 2));
    }
    settings.put("cadastre.cluster.members", String.join(",", members));
    settings.put("cadastre.master.name", name(member));
    settings.put("cadastre.master.storage.dir", storage(member).toString());
    settings.put("cadastre.master.http.enabled", "false");
    settings.put("cadastre.master.raft.election.timeout.min", "200ms");
    settings.put("cadastre.master.raft.election.timeout.max", "400ms");
    settings.put("cadastre.master.raft.segment.size", "1MB");
    settings.put("cadastre.master.raft.log.preservation", "0");
    settings.put("cadastre.master.ufs.deadline", "500ms");
    // It goes by the wall clock, and a run must be the same when it is repeated.
    settings.put("cadastre.master.ufs.breaker.failures", "0");
    settings.put("cadastre.master.store.block.cache", "8MB");
    settings.put("cadastre.master.store.write.buffer", "4MB");
    settings.put("cadastre.master.store.max.wal", "16MB");
    settings.put("cadastre.master.list.page.entries", "50");
    settings.put("cadastre.master.metadata.sync.mark.delay", "10ms");
    settings.put("cadastre.security.superuser", Namespace.USER);
    settings.put("cadastre.security.supergroup", Namespace.GROUP);
    // What is not asked for is not loaded, so that the model knows what is known.
    settings.put("cadastre.user.file.metadata.load.type", "NEVER");
    return settings;
  }

  private Path storage(int member) {
    return directory.resolve(name(member));
  }

  private void format(int member) {
    try {
      Files.createDirectories(storage(member));
      Files.write(
          storage(member).resolve("identity.properties"),
          List.of(
              "version=1",
              "cluster-id=" + clusterId,
              "node=" + name(member),
              "incarnation=" + UUID.randomUUID(),
              "joined=false"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void start(int member) {
    PlantedBug planted = bug == PlantedBug.SKIPPED_APPLY && member != 0 ? PlantedBug.NONE : bug;
    masters.set(
        member,
        InProcessMaster.start(
            settings(member),
            (reason, cause) -> halted.add(name(member) + ": " + reason + " / " + cause),
            planted));
  }

  void startAll() {
    for (int i = 0; i < SIZE; i++) {
      if (masters.get(i) == null) {
        start(i);
      }
    }
  }

  void kill(int member) {
    masters.getAndSet(member, null).kill();
  }

  void killAll() {
    CompletableFuture.allOf(
            IntStream.range(0, SIZE)
                .mapToObj(member -> masters.getAndSet(member, null))
                .filter(Objects::nonNull)
                .map(master -> CompletableFuture.runAsync(master::kill))
                .toArray(CompletableFuture[]::new))
        .join();
  }

  InProcessMaster master(int member) {
    return masters.get(member);
  }

  boolean isUp(int member) {
    return masters.get(member) != null;
  }

  /** The member that leads by now; waits for one. */
  int leader() {
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> leading() >= 0);
    int leader = leading();
    return leader < 0 ? leader() : leader;
  }

  /** The member that leads in the newest term; -1 if none does just now. */
  private int leading() {
    int leading = -1;
    long newest = 0;
    for (int i = 0; i < SIZE; i++) {
      InProcessMaster master = masters.get(i);
      long term = master == null ? 0 : master.leadingTerm();
      if (term > newest) {
        leading = i;
        newest = term;
      }
    }
    return leading;
  }

  /** The newest term in which a member leads; 0 if none does just now. */
  long term() {
    int leading = leading();
    InProcessMaster master = leading < 0 ? null : masters.get(leading);
    return master == null ? 0 : master.leadingTerm();
  }

  /** Asks the member that leads; empty if none does just now, or it was killed meanwhile. */
  <T> Optional<T> askLeader(Function<InProcessMaster, Optional<T>> question) {
    int leading = leading();
    InProcessMaster master = leading < 0 ? null : masters.get(leading);
    return master == null ? Optional.empty() : question.apply(master);
  }

  /** A master that halts ends its process; here what is left of it is not waited for. */
  @Override
  public void close() {
    CompletableFuture<Void> closed = CompletableFuture.runAsync(this::killAll);
    if (halted.isEmpty()) {
      closed.join();
    } else {
      closed.completeOnTimeout(null, 10, TimeUnit.SECONDS).join();
    }
  }
}
