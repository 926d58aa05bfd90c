package io.cadastre.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.error.MetadataException;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.server.testing.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a local store may hold that cannot be read, seen through a master that runs as a user whom
 * permissions bind. What was known of it stays known.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class BadStoreTest {
  private Path directory;
  private MasterProgram nobody;
  private TestMaster addresses;
  private MasterProgram.Running running;
  private Shell shell;

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException {
    directory = temporary;
    nobody = MasterProgram.asNobody(directory);
    Path storage = directory.resolve("storage");
    addresses =
        TestMaster.in(directory)
            .with("cadastre.master.storage.dir", storage.toString())
            .with(RunningMaster.PATIENT_ELECTIONS);
    shell = new Shell(directory, addresses.address());
    shell.run("journal", "format", "--yes", "--dir", storage + "", "--name", "m1").succeeds();
    Trees.modes(storage, "rwxrwxrwx");
    Path file = addresses.writeConfiguration(directory.resolve("site.properties"));
    Trees.mode(file, "rw-r--r--");
    running = nobody.start("--conf", file.toString());
    await()
        .atMost(Duration.ofSeconds(90))
        .until(
            () -> {
              try {
                return addresses.client().withRetries(false).exists("/").value();
              } catch (MetadataException e) {
                return false;
              }
            });
  }

  @AfterAll
  void stop() {
    if (running != null) {
      running.close();
    }
    if (addresses != null) {
      addresses.close();
    }
  }

  /** A store with two good files and a directory with another, mounted and loaded. */
  private Path mounted(String name) throws IOException {
    Path store = Files.createDirectories(directory.resolve("stores").resolve(name));
    Files.createDirectory(store.resolve("d"));
    Files.writeString(store.resolve("d/inside"), "content");
    Files.writeString(store.resolve("good"), "content");
    Files.writeString(store.resolve("goes"), "content");
    shell.run("fs", "mount", "/" + name, store.toString()).succeeds();
    shell.run("fs", "load-metadata", "-R", "/" + name).succeeds();
    return store;
  }

  /** Compares everything that is known of a mount with its store. */
  private Said compare(String mount) {
    return shell.run("fs", "load-metadata", "-R", "-F", "/" + mount);
  }

  /** It cannot be compared, and the user is told so in these words; what was known stays. */
  private void failsToCompare(String mount, String... words) {
    Said said = shell.run("--timeout", "5s", "fs", "load-metadata", "-R", "-F", "/" + mount);
    assertThat(said.err()).contains("/" + mount).contains(words);
    assertThat(said.exit()).isNotZero();
    isKnown(mount, "d/inside");
  }

  private void isKnown(String mount, String entry) {
    shell.run("fs", "stat", "--load-type", "NEVER", "/" + mount + "/" + entry).succeeds();
  }

  /** A load says this, does the rest, and forgets nothing. */
  private void loadsInPart(String name, String... words) {
    Said said = compare(name);
    said.refuses(7, words);
    assertThat(said.out()).contains("deleted 0");
    for (String kept : new String[] {"good", "goes", "d", "d/inside"}) {
      isKnown(name, kept);
    }
  }

  /** With the store as it should be, one load leaves no difference. */
  private void mended(String name) throws IOException {
    Files.delete(directory.resolve("stores").resolve(name).resolve("goes"));
    assertThat(compare(name).succeeds().out()).contains("deleted 1", "failed 0");
    assertThat(shell.run("fs", "diff", "-R", "/" + name).succeeds().out()).isEmpty();
  }

  @Test
  @Tag("bad-input:store.directory")
  void aDirectoryThatMayNotBeListed() throws Exception {
    Path closed = mounted("closed").resolve("d");
    Trees.mode(closed, "---------");
    assertThat(nobody.may("-r", closed)).as("it can be read after all").isFalse();
    loadsInPart("closed", "/closed/d", "ermission denied", "(STORE_REFUSED)");
    Trees.mode(closed, "rwxr-xr-x");
    mended("closed");
  }

  @Test
  @Tag("bad-input:store.entry")
  void anEntryThatMayNotBeLookedAt() throws Exception {
    Path unsearchable = mounted("unsearchable").resolve("d");
    Trees.mode(unsearchable, "r--r--r--");
    assertThat(nobody.may("-x", unsearchable)).as("it can be searched after all").isFalse();
    assertThat(nobody.may("-r", unsearchable.resolve("inside"))).isFalse();
    loadsInPart("unsearchable", "/unsearchable/d/inside", "permission denied");
    Trees.mode(unsearchable, "rwxr-xr-x");
    mended("unsearchable");
  }

  @Test
  @Tag("bad-input:store.root")
  void aRootThatMayNotBeRead() throws Exception {
    Path root = mounted("root");
    Trees.mode(root, "---------");
    assertThat(nobody.may("-r", root)).as("it can be read after all").isFalse();
    failsToCompare("root", "ermission denied", "(STORE_REFUSED)");
    Trees.mode(root, "rwxr-xr-x");
    mended("root");
  }

  @Test
  @Tag("bad-input:store.refuses")
  void aChangeThatTheStoreRefuses() throws Exception {
    Path store = mounted("refuses");
    shell.run("fs", "update-mount", "--writable", "/refuses").succeeds();
    Trees.mode(store.resolve("d"), "r-xr-xr-x");
    assertThat(nobody.may("-w", store.resolve("d"))).as("it can be written after all").isFalse();
    String before = TreeHash.of(store);
    shell.run("fs", "rm", "/refuses/d/inside").refuses(3, "/refuses/d/inside", "denied");
    shell.run("fs", "mkdir", "/refuses/d/new").refuses(3, "d/new", "denied");
    assertThat(TreeHash.of(store)).isEqualTo(before);
    shell.run("fs", "stat", "/refuses/d/inside").succeeds();
    assertThat(shell.run("fs", "exists", "/refuses/d/new").exit()).isEqualTo(1);
    Trees.mode(store.resolve("d"), "rwxr-xr-x");
  }

  @Test
  @Tag("bad-input:store.fifo")
  void aFifo() throws Exception {
    Path store = mounted("fifo");
    assertThat(new ProcessBuilder("mkfifo", store.resolve("pipe") + "").start().waitFor()).isZero();
    loadsInPart("fifo", "/fifo/pipe", "special file");
    Files.delete(store.resolve("pipe"));
    mended("fifo");
  }

  @Test
  @Tag("bad-input:store.name")
  void aNameThatIsNotUtf8() throws Exception {
    Path store = mounted("name");
    String make = "cd '" + store + "' && touch \"$(printf 'b\\377d')\"";
    assertThat(new ProcessBuilder("sh", "-c", make).start().waitFor()).isZero();
    loadsInPart("name", "b\\xFFd", "not UTF-8");
  }

  @Test
  @Tag("bad-input:store.symlink")
  void aSymbolicLinkThatLeadsOut() throws Exception {
    Path store = mounted("symlink");
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "");
    Files.createSymbolicLink(store.resolve("out"), outside);
    compare("symlink").succeeds();
    assertThat(shell.run("fs", "ls", "-R", "/symlink").succeeds().out())
        .contains("/symlink/out")
        .doesNotContain("secret");
    shell.run("fs", "ls", "/symlink/out/secret").refuses(4, "Not a directory: /symlink/out");
  }

  @Test
  @Tag("bad-input:store.gone")
  void aRootThatIsGone() throws Exception {
    Path store = mounted("gone");
    Files.move(store, directory.resolve("away"));
    failsToCompare("gone", "is its file system mounted on this host?");
    Files.move(directory.resolve("away"), store);
    compare("gone").succeeds();
  }

  @Test
  @Tag("bad-input:store.changed")
  void aRootThatIsAnotherOne() throws Exception {
    Path store = mounted("changed");
    Files.move(store, directory.resolve("old"));
    Files.createDirectory(store);
    failsToCompare("changed", "root");
  }
}
