package io.cadastre.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.cadastre.client.AttributeChanges;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.raft.LogSegments;
import io.cadastre.journal.raft.StorageLock;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StateKeys;
import io.cadastre.journal.store.StoreBatch;
import io.cadastre.journal.store.StoreSettings;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.server.testing.Trees;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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

/** Storage directories that a master does not start with, or stops at. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class BadStorageTest {
  private static final StoreSettings SETTINGS = new StoreSettings(8 << 20, 4 << 20, 16 << 20);
  private static final String OTHER_CLUSTER = "00000000-0000-0000-0000-0000000000c1";
  private static final int DIRECTORIES = 220;

  private Path directory;
  private TestMaster master;
  private MetadataClient client;
  private MasterProgram program;
  private Path configuration;
  private Path whole;
  private Path live;
  private UUID cluster;

  /** A stopped master with more than one log segment, and tables in its store. */
  @BeforeAll
  void fill(@TempDir Path temporary) throws IOException {
    directory = temporary;
    master = TestMaster.in(Files.createDirectory(directory.resolve("first"))).start();
    client = master.client();
    for (int i = 0; i < DIRECTORIES; i++) {
      client.createDirectory("/d" + i);
      client.setAttributes("/d" + i, attribute(8 << 10));
      if (i == DIRECTORIES / 2) {
        master.restart();
      }
    }
    master.stop();
    try (RocksInodeStore store =
        RocksInodeStore.open(master.directory().resolve("data/store"), SETTINGS)) {
      // Writes tables on the way.
      store.checkpoint(directory.resolve("checkpoint"));
    }
    master.start();
    client.createDirectory("/last");
    master.stop();
    whole = master.directory().resolve("data");
    live = directory.resolve("live");
    master.with("cadastre.master.storage.dir", live.toString());
    master.with("cadastre.master.disk.free.min", "1MB");
    configuration = master.writeConfiguration(directory.resolve("site.properties"));
    program = MasterProgram.in(directory);
    cluster =
        UUID.fromString(
            Files.readAllLines(whole.resolve("identity.properties")).stream()
                .filter(line -> line.startsWith("cluster-id="))
                .findFirst()
                .orElseThrow()
                .substring("cluster-id=".length()));
  }

  /** An attribute of bytes that no packing makes fewer, so that it takes its size in the log. */
  private static AttributeChanges attribute(int bytes) {
    byte[] value = new byte[bytes];
    new Random(bytes).nextBytes(value);
    return AttributeChanges.NONE.xattr("user.x", ByteString.copyFrom(value));
  }

  @AfterAll
  void close() {
    master.close();
  }

  @BeforeEach
  void restore() throws IOException {
    Trees.delete(live);
    Trees.copy(whole, live);
  }

  private static void flip(Path file, long at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) at] ^= 0x55;
    Files.write(file, bytes);
  }

  /** The master says these words and ends, and its log and identity are as they were. */
  private void refuses(String... words) throws Exception {
    String before = kept();
    program.run("--conf", configuration.toString()).refuses(1, words);
    assertThat(kept()).isEqualTo(before);
  }

  /** The inode store cannot be opened. */
  private void refusesTheStore() throws Exception {
    refuses("Cannot open the inode store in " + live, "rebuild this master from the others");
  }

  /** For a master on another storage than the configuration says. */
  private static String[] arguments(Path file, Path storage) {
    return new String[] {"--conf", file.toString(), "-Dcadastre.master.storage.dir=" + storage};
  }

  private String kept() throws IOException {
    StringBuilder text = new StringBuilder();
    for (String part : new String[] {"identity.properties", "raft"}) {
      if (Files.exists(live.resolve(part))) {
        text.append(TreeHash.of(live.resolve(part)));
      }
    }
    return text.toString();
  }

  private List<LogSegments.Segment> segments() throws IOException {
    return LogSegments.of(live.resolve("raft"), cluster).segments();
  }

  private LogSegments.Segment lastSegment() throws IOException {
    List<LogSegments.Segment> segments = segments();
    return segments.get(segments.size() - 1);
  }

  private Path storeFile(String prefix, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(live.resolve("store"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .filter(file -> file.getFileName().toString().endsWith(suffix))
          .findFirst()
          .orElseThrow();
    }
  }

  private void editIdentity(String from, String to) throws IOException {
    Path identity = live.resolve("identity.properties");
    String text = Files.readString(identity);
    assertThat(text).containsPattern(from);
    Files.writeString(identity, text.replaceFirst(from, to));
  }

  @Test
  @Tag("bad-input:disk.empty")
  void anEmptyDiskUnderAKnownName() throws Exception {
    Trees.delete(live);
    Files.createDirectory(live);
    refuses("no identity", "cadastre journal format", "lost its disk, do not format", live + "");
    assertThat(live).isEmptyDirectory();
  }

  @Test
  @Tag("bad-input:disk.missing")
  void noDirectory() throws Exception {
    Trees.delete(live);
    refuses("no identity", "cadastre journal format", live.toString());
    assertThat(live).doesNotExist();
  }

  @Test
  @Tag("bad-input:disk.other.master")
  void theStorageOfAnotherMaster() throws Exception {
    editIdentity("node=m1", "node=m2");
    refuses("belongs to another master", "m2", "m1", live.toString());
  }

  @Test
  @Tag("bad-input:disk.identity")
  void anIdentityThatIsDamaged() throws Exception {
    editIdentity("joined=true", "joined=ture");
    refuses("identity file cannot be read", "joined must be true or false, not ture", live + "");
  }

  @Test
  @Tag("bad-input:disk.identity.line")
  void anIdentityThatLacksALine() throws Exception {
    editIdentity("incarnation=.*\n", "");
    refuses("identity file lacks a line", "incarnation", live.toString());
  }

  @Test
  @Tag("bad-input:disk.identity.version")
  void anIdentityOfAnotherRelease() throws Exception {
    editIdentity("version=1", "version=9");
    refuses("version that this release does not know", "9", live.toString());
  }

  @Test
  @Tag("bad-input:disk.other.cluster")
  void theStorageOfAnotherCluster() throws Exception {
    editIdentity("cluster-id=.*", "cluster-id=" + OTHER_CLUSTER);
    refuses("belongs to another cluster", "put this master's own files back", cluster.toString());
  }

  @Test
  @Tag("bad-input:disk.other.log")
  void theLogOfAnotherCluster() throws Exception {
    Trees.delete(live.resolve("store"));
    editIdentity("cluster-id=.*", "cluster-id=" + OTHER_CLUSTER);
    refuses("log of another cluster", "put this master's own files back", cluster.toString());
  }

  @Test
  @Tag("bad-input:disk.locked")
  void aStorageThatIsInUse() throws Exception {
    try (StorageLock held = StorageLock.acquire(live)) {
      assertThat(held).isNotNull();
      refuses("running master, or another tool, uses this storage", "Stop it first", live + "");
    }
  }

  @Test
  @Tag("bad-input:disk.level")
  void aStoreOfALaterRelease() throws Exception {
    try (RocksInodeStore store = RocksInodeStore.open(live.resolve("store"), SETTINGS)) {
      StoreBatch batch = new StoreBatch(store);
      batch.put(Family.STATE, StateKeys.FORMAT_LEVEL, KeyLayout.id(99));
      batch.commit();
    }
    refuses("format level", "99", "the release that wrote it");
  }

  @Test
  @Tag("bad-input:disk.manifest")
  void aDamagedManifest() throws Exception {
    Path manifest = storeFile("MANIFEST", "");
    flip(manifest, Files.size(manifest) / 2);
    refusesTheStore();
  }

  @Test
  @Tag("bad-input:disk.current")
  void aCurrentFileThatNamesNothing() throws Exception {
    Files.writeString(live.resolve("store/CURRENT"), "MANIFEST-999999\n");
    refusesTheStore();
  }

  @Test
  @Tag("bad-input:disk.current.gone")
  void noCurrentFile() throws Exception {
    Files.delete(live.resolve("store/CURRENT"));
    List<Path> before = files(live.resolve("store"));
    refuses("has lost its file CURRENT", "Nothing was changed", "Lost disk");
    refuses("has lost its file CURRENT");
    assertThat(files(live.resolve("store"))).isEqualTo(before);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  @Tag("bad-input:disk.table.missing")
  void aTableThatIsMissing() throws Exception {
    Files.delete(storeFile("0", ".sst"));
    refusesTheStore();
  }

  @Test
  @Tag("bad-input:disk.table")
  void aDamagedTable() throws Exception {
    Path table = storeFile("0", ".sst");
    flip(table, Files.size(table) / 3);
    String before = TreeHash.of(live);
    Said said = new Shell(directory, "").run("journal", "verify", "--dir", live.toString());
    assertThat(said.out() + said.err()).contains("inode store", "damaged");
    assertThat(said.exit()).isEqualTo(8);
    assertThat(TreeHash.of(live)).isEqualTo(before);
  }

  @Test
  @Tag("bad-input:disk.log.closed")
  void aFlippedByteInTheMiddleOfTheLog() throws Exception {
    LogSegments.Segment segment = segments().get(0);
    assertThat(segment.isOpen()).isFalse();
    flip(segment.file(), segment.bytes() / 2);
    refuses("Raft log", "Lost disk", live.toString());
    Said dump = new Shell(directory, "").run("journal", "dump", "--dir", live.toString());
    dump.refuses(8, "A segment of the Raft log is damaged");
    assertThat(dump.out()).as("the lines in front of the damage").startsWith("{\"term\":1,");
  }

  @Test
  @Tag("bad-input:disk.log.open")
  void aFlippedByteInTheMiddleOfTheOpenSegment() throws Exception {
    LogSegments.Segment last = lastSegment();
    assertThat(last.isOpen()).isTrue();
    flip(last.file(), 60);
    refuses("segment of the Raft log is damaged", "Lost disk");
  }

  @Test
  @Tag("bad-input:disk.log.torn")
  void anEntryThatWasHalfWritten() throws Exception {
    LogSegments.Segment last = lastSegment();
    byte[] bytes = Files.readAllBytes(last.file());
    byte[] firstEntry = Arrays.copyOfRange(bytes, 8, 40);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    byte[] torn = Arrays.copyOf(bytes, end + firstEntry.length);
    System.arraycopy(firstEntry, 0, torn, end, firstEntry.length);
    Files.write(last.file(), torn);
    try (MasterProgram.Running running = program.start("--conf", configuration.toString())) {
      await().atMost(Duration.ofSeconds(60)).until(() -> running.ended() || answers());
      if (running.ended()) {
        running.end().refuses(1, "segment of the Raft log is damaged", live.toString());
      } else {
        assertThat(client.exists("/last").value()).isTrue();
        assertThat(running.stop().exit()).as("stopped on request").isZero();
      }
    }
  }

  private boolean answers() {
    try {
      return client.withRetries(false).exists("/").value();
    } catch (MetadataException e) {
      return false;
    }
  }

  @Test
  @Tag("bad-input:disk.log.gap")
  void aMissingSegment() throws Exception {
    List<LogSegments.Segment> segments = segments();
    assertThat(segments).hasSizeGreaterThan(2);
    Files.delete(segments.get(1).file());
    refuses("Raft log", "gap", "Lost disk");
  }

  @Test
  @Tag("bad-input:disk.log.gone")
  void noLog() throws Exception {
    Trees.delete(live.resolve("raft"));
    refuses("Raft log is gone", "must not vote", "Lost disk", live.toString());
  }

  @Test
  @Tag("bad-input:disk.log.short")
  void aLogThatEndsTooEarly() throws Exception {
    Files.delete(lastSegment().file());
    refuses("log ends before what the inode store has applied", "Put the missing files back");
  }

  @Test
  @Tag("bad-input:disk.store.old")
  void aStoreThatIsOlderThanTheLog() throws Exception {
    Trees.delete(live.resolve("store"));
    Files.delete(segments().get(0).file());
    refuses("older than its Raft log", "Put the missing files back");
  }

  @Test
  @Tag("bad-input:disk.file")
  void aStorageThatIsAFile() throws Exception {
    Trees.delete(live);
    Files.writeString(live, "");
    refuses("is no directory", live.toString());
    Files.delete(live);
  }

  @Test
  @Tag("bad-input:disk.closed")
  void aStorageThatMayNotBeRead(@TempDir Path other) throws Exception {
    MasterProgram nobody = MasterProgram.asNobody(other);
    Path closed = other.resolve("closed");
    Trees.copy(whole, closed);
    String before = TreeHash.of(closed);
    Trees.mode(closed, "---------");
    assertThat(nobody.may("-x", closed)).as("it can be entered after all").isFalse();
    Path file = other.resolve("site.properties");
    master.writeConfiguration(file);
    Trees.mode(file, "rw-r--r--");
    nobody
        .run(arguments(file, closed))
        .refuses(1, "cannot be entered", "the user who runs the master", closed.toString());
    Trees.mode(closed, "rwxr-xr-x");
    assertThat(TreeHash.of(closed)).isEqualTo(before);
  }

  @Test
  @Tag("bad-input:disk.readonly")
  void aDiskThatMayNotBeWritten() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), "96m")) {
      Path storage = disk.path().resolve("data");
      Trees.copy(whole, storage);
      disk.readOnly();
      String before = TreeHash.of(storage);
      program
          .run(arguments(configuration, storage))
          .refuses(1, "Cannot start", storage.toString(), "Read-only file system");
      assertThat(TreeHash.of(storage)).isEqualTo(before);
    }
  }

  @Test
  @Tag("bad-input:disk.full")
  void aDiskThatRunsFull() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), "128m")) {
      Path storage = disk.path().resolve("data");
      Trees.copy(whole, storage);
      String[] arguments = arguments(configuration, storage);
      List<String> acknowledged = new ArrayList<>();
      try (MasterProgram.Running running = program.start(arguments)) {
        await().atMost(Duration.ofSeconds(60)).until(this::answers);
        disk.fill();
        MetadataClient impatient = client.withTimeout(Duration.ofSeconds(5)).withRetries(false);
        for (int i = 0; i < 1_000 && !running.ended(); i++) {
          try {
            impatient.createDirectory("/full" + i);
            acknowledged.add("/full" + i);
            impatient.setAttributes("/full" + i, attribute(60 << 10));
          } catch (MetadataException e) {
            assertThat(e.getMessage()).doesNotContain("\tat ");
          }
        }
        running.end().refuses(70, "This master halts", "Look at the disk, then start");
      }
      assertThat(acknowledged).hasSizeLessThan(1_000);
      disk.free();
      try (MasterProgram.Running again = program.start(arguments)) {
        await().atMost(Duration.ofSeconds(60)).until(this::answers);
        assertThat(again.ended()).isFalse();
        for (String path : acknowledged) {
          assertThat(client.exists(path).value()).as(path).isTrue();
        }
      }
    }
  }

  /** A file system in memory, of a given size. */
  private record SmallDisk(Path path) implements AutoCloseable {
    static SmallDisk mount(Path path, String size) throws IOException, InterruptedException {
      assumeTrue(System.getProperty("user.name").equals("root"), "only root may mount a tmpfs");
      Files.createDirectories(path);
      Process mount =
          new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path + "")
              .redirectErrorStream(true)
              .start();
      String said = new String(mount.getInputStream().readAllBytes());
      assumeTrue(mount.waitFor() == 0, "a tmpfs cannot be mounted here: " + said);
      return new SmallDisk(path);
    }

    void readOnly() throws IOException, InterruptedException {
      run("mount", "-o", "remount,ro", path.toString());
    }

    private Path ballast() {
      return path.resolve("ballast");
    }

    /** Leaves no room at all. */
    void fill() throws IOException {
      try (OutputStream out = Files.newOutputStream(ballast(), StandardOpenOption.CREATE_NEW)) {
        while (true) {
          out.write(new byte[4096]);
        }
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("No space left");
      }
    }

    void free() throws IOException {
      Files.delete(ballast());
    }

    private static void run(String... command) throws IOException, InterruptedException {
      assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @Override
    public void close() throws IOException, InterruptedException {
      run("umount", path.toString());
    }
  }
}
