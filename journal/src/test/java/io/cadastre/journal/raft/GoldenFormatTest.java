package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.journal.apply.ApplyEngine;
import io.cadastre.journal.apply.ApplyMetrics;
import io.cadastre.journal.record.EntryCodec;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.journal.snapshot.StateHash;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StoreSettings;
import io.cadastre.journal.testing.RandomJournal;
import io.cadastre.journal.testing.TestFiles;
import io.cadastre.journal.tools.JournalStat;
import io.cadastre.journal.tools.JournalVerify;
import io.cadastre.journal.tools.VerifyReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Data of each format level, written once and kept: every later version must open it and reach the
 * recorded state hash. {@code format-N/storage} is the storage directory of a single master (with a
 * checkpoint in place of its live store), {@code format-N/state-hash} what it held.
 *
 * <p>Never regenerate it to make a test pass: data like this is on users' disks. A new format level
 * gets a folder of its own; running this class once with {@code
 * -Dcadastre.golden.regenerate=<folder>} writes it.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GoldenFormatTest {
  private static final StoreSettings SETTINGS = new StoreSettings(8 << 20, 4 << 20, 16 << 20);

  @TempDir Path directory;
  private Path storage;
  private StateHash recorded;

  private void copy(int level) throws Exception {
    Path golden = Path.of("src/test/resources/format-" + level);
    storage = directory.resolve("storage");
    TestFiles.copy(golden.resolve("storage"), storage);
    String[] words = Files.readString(golden.resolve("state-hash")).strip().split(" ");
    recorded = new StateHash(words[0], Long.parseLong(words[1]));
  }

  /** All that were landed. */
  static IntStream levels() {
    return IntStream.rangeClosed(1, FormatVersion.LEVEL);
  }

  @ParameterizedTest
  @MethodSource("levels")
  void theStoredStateIsReadAsItWas(int level) throws Exception {
    copy(level);
    try (RocksInodeStore store = RocksInodeStore.open(storage.resolve("store"), SETTINGS)) {
      assertThat(StateHash.of(store)).isEqualTo(recorded);
    }
  }

  @ParameterizedTest
  @MethodSource("levels")
  void theToolsFindItWhole(int level) throws Exception {
    copy(level);
    VerifyReport report = JournalVerify.verify(storage);
    assertThat(report.findings()).isEmpty();
    assertThat(report.checked())
        .containsEntry("state hash", recorded.hash())
        .containsEntry("rows", Long.toString(recorded.rows()));
    JournalStat stat = JournalStat.of(storage);
    assertThat(stat.formatLevel()).isEqualTo(level);
    assertThat(stat.appliedIndex()).isPositive().isLessThanOrEqualTo(stat.logEnd());
  }

  @ParameterizedTest
  @MethodSource("levels")
  void theLogGivesTheSameStateInAnEmptyStore(int level) throws Exception {
    copy(level);
    CompletableFuture<Throwable> fatal = new CompletableFuture<>();
    UUID group = NodeIdentity.read(storage).clusterId();
    try (RocksInodeStore store = RocksInodeStore.open(directory.resolve("empty"), SETTINGS)) {
      ApplyEngine engine = new ApplyEngine(store, "golden", ApplyMetrics.NONE, fatal::complete);
      CompletableFuture<Void> done = new CompletableFuture<>();
      for (LogSegments.Segment segment :
          LogSegments.of(storage.resolve("raft"), group).segments()) {
        LogSegments.read(segment, entry -> apply(engine, entry));
      }
      engine.afterAll(() -> done.complete(null));
      done.get(30, TimeUnit.SECONDS);
      engine.close();
      assertThat(fatal).isNotDone();
      assertThat(StateHash.of(store)).isEqualTo(recorded);
    }
  }

  private static void apply(ApplyEngine engine, LogSegments.Entry entry) {
    if (entry.kind() != LogSegments.Kind.RECORDS) {
      engine.advance(entry.term(), entry.index());
      return;
    }
    try {
      engine.apply(entry.term(), entry.index(), EntryCodec.decode(entry.data()), null);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("levels")
  void aMasterStartsOnItAndGoesOn(int level) throws Exception {
    copy(level);
    UUID group = NodeIdentity.read(storage).clusterId();
    try (TestCluster cluster =
        new TestCluster(directory, 1).with(s -> at(s, group, storage.resolve("raft")))) {
      TestNode node = cluster.start("m1");
      await().atMost(TestCluster.PATIENCE).until(node::leads);
      assertThat(node.hash()).isEqualTo(recorded);
      cluster.nextId(1_000_000);
      cluster.writeMany("new", 3);
      assertThat(node.hash().rows()).isEqualTo(recorded.rows() + 6);
      cluster.assertHealthy();
    }
  }

  /** Large enough for an entry that is packed, in a cluster whose members can read that. */
  private static PlannedOperation many(int count) {
    List<byte[]> names = new ArrayList<>();
    List<byte[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("packed-%04d".formatted(i).getBytes(StandardCharsets.UTF_8));
      rows.add(RandomJournal.row(100_000 + i, false, 1_760_000_000_000L + i, "o"));
    }
    return PlannedOperation.newBuilder()
        .addRecords(Records.create(InodeRow.ROOT_ID, names, rows, 0))
        .build();
  }

  @ParameterizedTest
  @MethodSource("levels")
  void largeEntriesArePackedFromItsLevelOn(int level) throws Exception {
    copy(level);
    AtomicInteger packed = new AtomicInteger();
    for (LogSegments.Segment segment :
        LogSegments.of(storage.resolve("raft"), NodeIdentity.read(storage).clusterId())
            .segments()) {
      LogSegments.read(
          segment,
          entry -> {
            if (entry.kind() == LogSegments.Kind.RECORDS && isPacked(entry.data())) {
              packed.incrementAndGet();
            }
          });
    }
    assertThat(packed.get() > 0).isEqualTo(level >= FormatVersion.PACKED_ENTRIES);
  }

  private static boolean isPacked(byte[] data) {
    try {
      return JournalEntry.parseFrom(data).hasPacked();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RaftSettings at(RaftSettings s, UUID group, Path raft) {
    return new RaftSettings(
        group.toString(),
        s.nodeName(),
        raft,
        s.members(),
        s.bindAddress(),
        s.electionTimeoutMin(),
        s.electionTimeoutMax(),
        16 << 10,
        0,
        s.snapshotEntries(),
        s.snapshotBytes(),
        Duration.ofHours(1),
        s.fsync(),
        s.lease());
  }

  @Test
  @EnabledIfSystemProperty(named = "cadastre.golden.regenerate", matches = ".+")
  void regenerate() throws Exception {
    Path target = Path.of(System.getProperty("cadastre.golden.regenerate"));
    Path made = directory.resolve("made/m1");
    UUID group = UUID.fromString("00000000-0000-4000-8000-00000000f001");
    NodeIdentity.format(made, "m1", group, false).markJoined(made);
    StateHash hash;
    try (TestCluster cluster =
        new TestCluster(directory.resolve("made"), 1)
            .with(s -> at(s, group, made.resolve("raft")))) {
      TestNode node = cluster.start("m1");
      await().atMost(TestCluster.PATIENCE).until(node::leads);
      assertThat(cluster.write(RandomJournal.initOperation(group.toString())).get())
          .isEqualTo("applied");
      RandomJournal journal = new RandomJournal(1);
      for (int i = 0; i < 200; i++) {
        assertThat(cluster.write(journal.nextOperation()).get()).isEqualTo("applied");
      }
      cluster.nextId(100_000);
      assertThat(cluster.write(many(300)).get()).isEqualTo("applied");
      node.store.checkpoint(directory.resolve("checkpoint"));
      hash = node.hash();
    }
    TestFiles.delete(made.resolve("store"));
    TestFiles.copy(directory.resolve("checkpoint"), made.resolve("store"));
    for (String unneeded : List.of("store", "raft/" + group)) {
      try (var files = Files.list(made.resolve(unneeded))) {
        for (Path file : files.toList()) {
          String name = file.getFileName().toString();
          if (name.startsWith("OPTIONS") || name.startsWith("LOG") || name.equals("in_use.lock")) {
            Files.delete(file);
          }
        }
      }
    }
    TestFiles.copy(made, target.resolve("storage"));
    Files.writeString(target.resolve("state-hash"), hash.hash() + " " + hash.rows() + "\n");
  }
}
