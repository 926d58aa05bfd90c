package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.snapshot.StateHash;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StateKeys;
import io.cadastre.journal.store.StoreBatch;
import io.cadastre.journal.store.StoreException;
import io.cadastre.journal.store.StoreSettings;
import io.cadastre.journal.testing.TestFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged and missing files: a master refuses to start, and says what is wrong, or comes up with
 * everything it had; never with less.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DamageTest {
  private static final StoreSettings SETTINGS = new StoreSettings(8 << 20, 4 << 20, 16 << 20);

  private Path directory;
  private TestCluster cluster;
  private Path whole;
  private Path live;
  private StateHash expected;

  /** A stopped master with several log segments, and a store of which half is in RocksDB's log. */
  @BeforeAll
  void fill(@TempDir Path temporary) throws Exception {
    directory = temporary;
    cluster =
        new TestCluster(directory.resolve("cluster"), 1)
            .with(s -> RaftJournalTest.with(s, 16 << 10, 1_000_000, 1L << 40, Duration.ofHours(1)));
    cluster.startAll().writeMany("first", 150);
    cluster.stop("m1");
    try (RocksInodeStore store =
        RocksInodeStore.open(cluster.storage("m1").resolve("store"), SETTINGS)) {
      // Writes tables on the way.
      store.checkpoint(directory.resolve("checkpoint"));
    }
    cluster.startAll().nextId(10_000);
    cluster.writeOneByOne("second", 200);
    expected = cluster.leader().hash();
    cluster.stop("m1");
    live = cluster.storage("m1");
    whole = directory.resolve("whole");
    TestFiles.copy(live, whole);
  }

  @AfterAll
  void close() {
    cluster.close();
  }

  @BeforeEach
  void restore() throws IOException {
    TestFiles.delete(live);
    TestFiles.copy(whole, live);
  }

  private Path current() {
    return live.resolve("raft").resolve(cluster.clusterId).resolve("current");
  }

  private List<LogSegments.Segment> segments() throws IOException {
    return LogSegments.of(live.resolve("raft"), UUID.fromString(cluster.clusterId)).segments();
  }

  private void assertRefuses(String text) {
    assertThatThrownBy(() -> cluster.start("m1"))
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
              assertThat(e).hasMessageContaining(text);
              assertThat(e).hasMessageContaining("Lost disk");
            });
  }

  private void assertStartsWithEverything() {
    assertThat(assertStarts()).isEqualTo(expected);
  }

  /** What it then has. */
  private StateHash assertStarts() {
    TestNode node = cluster.start("m1");
    try {
      await().atMost(TestCluster.PATIENCE).until(node::leads);
      assertThat(node.fatal).isEmpty();
      return node.hash();
    } finally {
      cluster.stop("m1");
    }
  }

  @Test
  void withoutDamageItStarts() {
    assertStartsWithEverything();
  }

  @Test
  void aFlippedByteInAClosedSegment() throws Exception {
    LogSegments.Segment segment = segments().get(1);
    assertThat(segment.isOpen()).isFalse();
    TestFiles.flip(segment.file(), segment.bytes() / 2);
    assertRefuses("orrupted");
  }

  @Test
  void aFlippedByteInTheOpenSegment() throws Exception {
    List<LogSegments.Segment> segments = segments();
    LogSegments.Segment last = segments.get(segments.size() - 1);
    assertThat(last.isOpen()).isTrue();
    TestFiles.flip(last.file(), 200);
    assertRefuses("segment of the Raft log is damaged");
  }

  @Test
  void aTornEndOfTheOpenSegmentIsCutOff() throws Exception {
    List<LogSegments.Segment> segments = segments();
    LogSegments.Segment last = segments.get(segments.size() - 1);
    byte[] torn = new byte[1 << 20];
    System.arraycopy(Files.readAllBytes(last.file()), 8, torn, 0, 20);
    Files.write(last.file(), torn, StandardOpenOption.APPEND);
    assertStartsWithEverything();
    Path kept = TestFiles.one(current().getParent(), last.file().getFileName() + ".torn-", "");
    assertThat(Files.size(kept)).as("without the zeros").isBetween(1L, 20L);
  }

  @Test
  void aMissingSegmentInTheMiddle() throws Exception {
    Files.delete(segments().get(1).file());
    assertRefuses("gap");
  }

  @Test
  void aMissingFirstSegmentBehindWhatTheStoreHasIsNoLoss() throws Exception {
    Files.delete(segments().get(0).file());
    assertStartsWithEverything();
  }

  @Test
  void aMissingLastSegment() throws Exception {
    List<LogSegments.Segment> segments = segments();
    Files.delete(segments.get(segments.size() - 1).file());
    assertRefuses("log ends before");
  }

  /** The last closed segment becomes the end of the log, and the store needs all of it again. */
  private LogSegments.Segment lastClosed() throws IOException {
    TestFiles.delete(live.resolve("store"));
    List<LogSegments.Segment> segments = segments();
    Files.delete(segments.get(segments.size() - 1).file());
    LogSegments.Segment closed = segments.get(segments.size() - 2);
    assertThat(closed.isOpen()).isFalse();
    return closed;
  }

  private void assertRefusesAndKeeps(LogSegments.Segment segment, byte[] bytes, String text)
      throws IOException {
    Files.write(segment.file(), bytes);
    assertRefuses(text);
    assertThat(segment.file()).hasBinaryContent(bytes);
  }

  @Test
  void aLastClosedSegmentThatEndsWithinAnEntry() throws Exception {
    LogSegments.Segment closed = lastClosed();
    byte[] bytes = Files.readAllBytes(closed.file());
    List<Integer> offsets = LogBytes.offsets(bytes);
    int cut = offsets.get(offsets.size() - 2) + 20;
    assertRefusesAndKeeps(closed, Arrays.copyOf(bytes, cut), "closed");
  }

  @Test
  void aLastClosedSegmentOfZeros() throws Exception {
    LogSegments.Segment closed = lastClosed();
    assertRefusesAndKeeps(closed, new byte[(int) closed.bytes()], "closed");
  }

  @Test
  void aLastClosedSegmentThatRatisWasCuttingStartsAndIsRenamed() throws Exception {
    LogSegments.Segment closed = lastClosed();
    byte[] bytes = Files.readAllBytes(closed.file());
    List<Integer> offsets = LogBytes.offsets(bytes);
    Files.write(closed.file(), Arrays.copyOf(bytes, offsets.get(offsets.size() - 3)));
    StateHash first = assertStarts();
    assertThat(closed.file()).doesNotExist();
    assertThat(segments())
        .contains(
            new LogSegments.Segment(
                current().resolve("log_" + closed.start() + "-" + (closed.end() - 2)),
                closed.start(),
                closed.end() - 2,
                offsets.get(offsets.size() - 3)));
    assertThat(assertStarts()).isEqualTo(first);
  }

  @Test
  void aStoreThatHasAppliedAnotherEntryThanTheLogHolds() {
    addToAppliedTerm(1);
    assertRefuses("another entry than the one that the inode store has applied");
    addToAppliedTerm(-1);
    assertStartsWithEverything();
  }

  private void addToAppliedTerm(long more) {
    try (RocksInodeStore store = RocksInodeStore.open(live.resolve("store"), SETTINGS)) {
      ByteBuffer applied = ByteBuffer.wrap(store.get(Family.STATE, StateKeys.APPLIED));
      applied.putLong(0, applied.getLong(0) + more);
      StoreBatch batch = new StoreBatch(store);
      batch.put(Family.STATE, StateKeys.APPLIED, applied.array());
      batch.commit();
    }
  }

  @Test
  void aMissingLog() throws Exception {
    TestFiles.delete(live.resolve("raft"));
    assertRefuses("log is gone");
    assertThat(RaftJournal.hasLog(live.resolve("raft"))).isFalse();
  }

  @Test
  void aMissingStoreIsMadeAgainFromAWholeLog() throws Exception {
    TestFiles.delete(live.resolve("store"));
    assertStartsWithEverything();
  }

  @Test
  void aMissingStoreWithAPurgedLog() throws Exception {
    TestFiles.delete(live.resolve("store"));
    Files.delete(segments().get(0).file());
    assertRefuses("older than its Raft log");
    assertThat(current().resolve("raft-meta")).exists();
  }

  @Test
  void aFlippedByteInRocksDbsOwnLogIsReplayedFromTheRaftLog() throws Exception {
    Path wal = TestFiles.one(live.resolve("store"), "0", ".log");
    assertThat(Files.size(wal)).isPositive();
    TestFiles.flip(wal, Files.size(wal) / 2);
    assertStartsWithEverything();
  }

  @Test
  void aTornRocksDbLogIsReplayedFromTheRaftLog() throws Exception {
    Path wal = TestFiles.one(live.resolve("store"), "0", ".log");
    byte[] bytes = Files.readAllBytes(wal);
    Files.write(wal, Arrays.copyOf(bytes, bytes.length / 3));
    assertStartsWithEverything();
  }

  @Test
  void aDamagedManifestOrCurrentFile() throws Exception {
    Path manifest = TestFiles.one(live.resolve("store"), "MANIFEST", "");
    TestFiles.flip(manifest, Files.size(manifest) / 2);
    assertStoreRefuses();
    restore();
    Files.writeString(live.resolve("store/CURRENT"), "MANIFEST-999999\n");
    assertStoreRefuses();
  }

  private void assertStoreRefuses() {
    assertThatThrownBy(() -> cluster.start("m1"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("Cannot open the inode store")
        .hasMessageContaining("rebuild this master from the others");
  }

  @Test
  @Tag("bad-input:disk.table.anywhere")
  void aFlippedByteInATableIsFoundOrHarmlessWhereverItIs() throws Exception {
    try (Stream<Path> files = Files.list(whole.resolve("store"))) {
      List<Path> tables = files.filter(f -> f.toString().endsWith(".sst")).toList();
      assertThat(tables).isNotEmpty();
      int found = 0;
      for (Path table : tables) {
        for (double at : new double[] {0.01, 0.3, 0.6, 0.99}) {
          restore();
          Path target = live.resolve("store").resolve(table.getFileName());
          TestFiles.flip(target, (long) (Files.size(target) * at));
          found += assertFoundOrHarmless();
        }
      }
      assertThat(found).isGreaterThan(tables.size());
    }
  }

  /** 1 if the damage was found. */
  private int assertFoundOrHarmless() throws IOException {
    StateHash undamaged;
    Path copy = directory.resolve("undamaged");
    TestFiles.copy(whole.resolve("store"), copy);
    try (RocksInodeStore store = RocksInodeStore.open(copy, SETTINGS)) {
      undamaged = StateHash.of(store);
    } finally {
      TestFiles.delete(copy);
    }
    try (RocksInodeStore store = RocksInodeStore.open(live.resolve("store"), SETTINGS)) {
      try {
        assertThat(StateHash.of(store)).isEqualTo(undamaged);
        store.verifyChecksums();
        return 0;
      } catch (StoreException e) {
        assertThat(e).hasMessageContaining("inode store");
        assertThatThrownBy(store::verifyChecksums).hasMessageContaining("is damaged");
        return 1;
      }
    } catch (StoreException e) {
      assertThat(e).hasMessageContaining("Cannot open the inode store");
      return 1;
    }
  }
}
