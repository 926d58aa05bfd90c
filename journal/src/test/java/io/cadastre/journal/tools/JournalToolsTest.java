package io.cadastre.journal.tools;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.journal.raft.LogSegments;
import io.cadastre.journal.raft.NodeIdentity;
import io.cadastre.journal.raft.StorageLock;
import io.cadastre.journal.store.DirectoryRow;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.journal.store.StateKeys;
import io.cadastre.journal.store.StoreBatch;
import io.cadastre.journal.store.StoreException;
import io.cadastre.journal.store.StoreSettings;
import io.cadastre.journal.testing.JsonCheck;
import io.cadastre.journal.testing.TestFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The offline tools on a copy of the recorded storage of format 1, whole and damaged. */
class JournalToolsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/format-1/storage");
  private static final StoreSettings SETTINGS = new StoreSettings(8 << 20, 4 << 20, 16 << 20);

  @TempDir Path directory;
  private Path storage;

  @BeforeEach
  void copy() throws IOException {
    storage = directory.resolve("storage");
    TestFiles.copy(GOLDEN, storage);
  }

  private List<LogSegments.Segment> segments() throws IOException {
    return LogSegments.of(storage.resolve("raft"), NodeIdentity.read(storage).clusterId())
        .segments();
  }

  private List<String> dump(long from, long to) {
    List<String> lines = new ArrayList<>();
    assertThat(JournalDump.dump(storage, from, to, lines::add)).isEqualTo(lines.size());
    return lines;
  }

  @Test
  void dumpsEveryEntryAsALineOfJson() throws Exception {
    List<String> lines = dump(0, Long.MAX_VALUE);
    assertThat(lines).hasSize((int) JournalStat.of(storage).logEnd() + 1);
    assertThat(lines).allMatch(JsonCheck::isJson);
    assertThat(lines.get(0)).startsWith("{\"term\":1,\"index\":0,\"kind\":\"CONFIGURATION\"");
    assertThat(lines.get(1))
        .contains("\"kind\":\"RECORDS\"", "\"init_cluster\"", "\"root_row\":{\"change_index\":0");
    String all = String.join("\n", lines);
    assertThat(all)
        .contains("\"owner\":\"o\"", "\"name\":\"日本", "\"kind\":\"DIRECTORY\"", "\"time\":\"20");
    assertThat(all).contains("\"request_digest\":{\"hex\":\"0000");
  }

  @Test
  void dumpsARange() {
    assertThat(dump(60, 70)).hasSize(11);
    assertThat(dump(60, 70).get(0)).contains("\"index\":60,");
    assertThat(dump(70, 60)).isEmpty();
    assertThat(dump(1_000_000, Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void dumpsUpToTheDamageAndSaysWhereItIs() throws Exception {
    LogSegments.Segment segment = segments().get(1);
    TestFiles.flip(segment.file(), segment.bytes() / 2);
    List<String> lines = new ArrayList<>();
    assertThatThrownBy(() -> JournalDump.dump(storage, 0, Long.MAX_VALUE, lines::add))
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
              assertThat(e.context().get("file")).endsWith(segment.file().getFileName().toString());
            });
    assertThat(lines).hasSizeGreaterThan((int) segment.start());
  }

  @Test
  void figuresOfAStorage() {
    JournalStat stat = JournalStat.of(storage);
    assertThat(stat.identity().nodeName()).isEqualTo("m1");
    assertThat(stat.segments()).hasSize(4);
    assertThat(stat.segments().get(3).end()).isEqualTo(-1);
    assertThat(stat.logStart()).isZero();
    assertThat(stat.logEnd()).isEqualTo(stat.appliedIndex());
    assertThat(stat.rows().get(Family.DIRECTORIES)).isPositive();
    assertThat(stat.bytes().get(Family.CHILDREN)).isPositive();
    assertThat(stat.clusterMillis()).isPositive();
  }

  @Test
  void everyToolKeepsOffAStorageInUse() {
    try (StorageLock lock = StorageLock.acquire(storage)) {
      assertThat(lock).isNotNull();
      UUID cluster = UUID.randomUUID();
      assertBusy(() -> JournalDump.dump(storage, 0, 1, line -> {}));
      assertBusy(() -> JournalVerify.verify(storage));
      assertBusy(() -> JournalStat.of(storage));
      assertBusy(() -> StorageFormat.format(storage, "m1", cluster, true));
      assertThat(storage.resolve("store/CURRENT")).exists();
    }
  }

  private static void assertBusy(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY))
        .hasMessageContaining("Stop it first");
  }

  @Test
  void formatsAnEmptyStorageAndAFullOneOnlyIfAsked() {
    UUID cluster = UUID.randomUUID();
    assertThatThrownBy(() -> StorageFormat.format(storage, "m1", cluster, false))
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS));
    assertThat(JournalVerify.verify(storage).ok()).isTrue();
    StorageFormat.format(storage, "m7", cluster, true);
    assertThat(NodeIdentity.read(storage).nodeName()).isEqualTo("m7");
    assertThat(storage.resolve("store")).doesNotExist();
    Path fresh = directory.resolve("a/b");
    StorageFormat.format(fresh, "m8", cluster, false);
    assertThat(NodeIdentity.load(fresh, "m8").clusterId()).isEqualTo(cluster);
    VerifyReport report = JournalVerify.verify(fresh);
    assertThat(report.findings()).isEmpty();
    assertThat(JournalStat.of(fresh).appliedIndex()).isEqualTo(-1);
  }

  @Test
  void verifyChangesNothing() throws Exception {
    VerifyReport first = JournalVerify.verify(storage);
    assertThat(first.ok()).isTrue();
    assertThat(JournalVerify.verify(storage)).isEqualTo(first);
  }

  private void assertFinds(String what) {
    VerifyReport report = JournalVerify.verify(storage);
    assertThat(report.ok()).as("%s", report).isFalse();
    assertThat(report.findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.what()).contains(what);
              assertThat(finding.advice()).isNotEmpty();
            });
  }

  @Test
  void findsDamageInTheLog() throws Exception {
    LogSegments.Segment segment = segments().get(1);
    TestFiles.flip(segment.file(), segment.bytes() / 2);
    assertFinds("Segment " + segment.file().getFileName() + " is damaged behind index");
  }

  @Test
  void findsAGapInTheLog() throws Exception {
    Files.delete(segments().get(1).file());
    assertFinds("gap");
  }

  @Test
  void findsALogThatIsTooShort() throws Exception {
    Files.delete(segments().get(3).file());
    assertFinds("the log ends at");
  }

  /** A length, and not all that it speaks of. */
  private void tearTheLog() throws IOException {
    Path open = segments().get(3).file();
    byte[] bytes = Files.readAllBytes(open);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    byte[] torn = Arrays.copyOf(bytes, end + 64);
    Arrays.fill(torn, end, end + 40, (byte) 0x55);
    Files.write(open, torn);
  }

  @Test
  void whatTheNextStartCutsOffIsNoDamage() throws Exception {
    long end = JournalStat.of(storage).logEnd();
    tearTheLog();
    VerifyReport report = JournalVerify.verify(storage);
    assertThat(report.ok()).as("%s", report).isTrue();
    assertThat(report.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.advice()).contains("next start cuts that off"));
    assertThat(report.checked().get("log end")).isEqualTo(Long.toString(end));
    assertThat(JournalStat.of(storage).logEnd()).isEqualTo(end);
  }

  @Test
  void findsThatTheLogIsGone() throws Exception {
    TestFiles.delete(storage.resolve("raft"));
    TestFiles.delete(storage.resolve("store"));
    NodeIdentity.read(storage).markJoined(storage);
    assertFinds("its Raft log is gone");
  }

  @Test
  void findsTheLogOfAnotherCluster() throws Exception {
    Files.createDirectories(storage.resolve("raft").resolve(UUID.randomUUID().toString()));
    assertFinds("the log of another cluster");
  }

  @Test
  void aStoreThatHasLostItsIndexOfFilesIsNoNewOne() throws Exception {
    Path store = storage.resolve("store");
    Files.delete(store.resolve("CURRENT"));
    List<Path> before = TestFiles.names(store);
    assertFinds("CURRENT");
    assertThatThrownBy(() -> RocksInodeStore.open(store, SETTINGS))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("has lost its file CURRENT");
    assertThat(TestFiles.names(store)).isEqualTo(before);
  }

  @Test
  void findsALostVote() throws Exception {
    Path meta = segments().get(0).file().resolveSibling("raft-meta");
    Files.delete(meta);
    assertFinds("raft-meta");
  }

  @Test
  void findsDamageInTheStore() throws Exception {
    Path table = TestFiles.one(storage.resolve("store"), "000009", ".sst");
    TestFiles.flip(table, 100);
    assertFinds("inode store");
  }

  /** Changes the store behind the journal's back. */
  private void tamper(BiConsumer<RocksInodeStore, StoreBatch> change) {
    try (RocksInodeStore store = RocksInodeStore.open(storage.resolve("store"), SETTINGS)) {
      StoreBatch batch = new StoreBatch(store);
      change.accept(store, batch);
      batch.commit();
    }
  }

  /** A directory with entries, below the root's level or not. */
  private static long someDirectory(RocksInodeStore store) {
    try (RowCursor rows = store.scan(Family.DIRECTORIES, KeyLayout.id(2), null)) {
      for (; rows.valid(); rows.next()) {
        long id = KeyLayout.idOf(rows.key());
        try (RowCursor entries = store.children(id)) {
          if (entries.valid()) {
            return id;
          }
        }
      }
    }
    throw new AssertionError("no directory with entries");
  }

  @Test
  void findsEntriesOfADirectoryThatDoesNotExist() {
    tamper((store, batch) -> batch.delete(Family.DIRECTORIES, KeyLayout.id(someDirectory(store))));
    assertFinds("which does not exist");
    assertFinds("has no way up");
  }

  @Test
  void findsADirectoryThatIsNotWhereItsRowSays() {
    tamper(
        (store, batch) -> {
          byte[] key = KeyLayout.id(someDirectory(store));
          DirectoryRow row = DirectoryRow.decode(store.get(Family.DIRECTORIES, key));
          batch.put(
              Family.DIRECTORIES,
              key,
              new DirectoryRow(0, 0, row.parentId(), new byte[] {'?'}).encode());
        });
    assertFinds("not where its row says");
  }

  @Test
  void findsAWrongCountAndALostEntry() {
    tamper(
        (store, batch) -> {
          long id = someDirectory(store);
          try (RowCursor entries = store.children(id)) {
            batch.delete(Family.CHILDREN, entries.key());
          }
        });
    assertFinds("entries and has");
  }

  @Test
  void findsARowThatIsNone() {
    tamper(
        (store, batch) ->
            batch.put(
                Family.CHILDREN, KeyLayout.child(InodeRow.ROOT_ID, "broken"), new byte[] {9}));
    assertFinds("unknown format");
  }

  @Test
  void findsAnIdThatWouldBeHandedOutAgain() {
    tamper((store, batch) -> batch.put(Family.STATE, StateKeys.NEXT_INODE_ID, KeyLayout.id(3)));
    assertFinds("but the next id is 3");
  }

  @Test
  void findsAStoreOfAnotherCluster() {
    tamper(
        (store, batch) ->
            batch.put(Family.STATE, StateKeys.CLUSTER_ID, "elsewhere".getBytes(US_ASCII)));
    assertFinds("another cluster");
  }

  @Test
  void findsAStoreThatIsAheadOfItsLogOrOfAnotherTerm() {
    tamper(
        (store, batch) ->
            batch.put(
                Family.STATE,
                StateKeys.APPLIED,
                ByteBuffer.allocate(16).putLong(1).putLong(100_000).array()));
    assertFinds("the log ends at");
    tamper(
        (store, batch) ->
            batch.put(
                Family.STATE,
                StateKeys.APPLIED,
                ByteBuffer.allocate(16).putLong(9).putLong(100).array()));
    assertFinds("the log has term 1 there");
  }

  @Test
  void aStorageWithoutIdentityIsRefused() throws Exception {
    Files.delete(storage.resolve(NodeIdentity.FILE));
    assertThatThrownBy(() -> JournalVerify.verify(storage)).hasMessageContaining("no identity");
  }
}
