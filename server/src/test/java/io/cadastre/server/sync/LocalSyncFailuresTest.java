package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A directory of this machine that fails. What permissions do is in `BadStoreTest`, too. */
class LocalSyncFailuresTest extends AbstractSyncFailuresTest {
  private Path root;

  @Override
  protected FailingStoreFixture open(Path directory) {
    root = directory;
    return new LocalFailingStore(directory);
  }

  /** It is shown as what it is, and never followed: no failure. */
  @Test
  void aBrokenSymbolicLink() throws IOException {
    Path link = root.resolve(top()).resolve("small/link");
    Files.createSymbolicLink(link, Path.of("nowhere"));
    assertThat(run("fs", "load-metadata", "-R", "-F", mount()).succeeds().out())
        .contains("created 1, updated")
        .contains("deleted 1, ")
        .contains("failed 0");
    assertThat(run("fs", "ls", mount() + "/small").succeeds().out()).contains("link");
    Files.delete(link);
    mended();
  }

  @Test
  void anEntryThatIsNoFile() throws Exception {
    Path pipe = root.resolve(top()).resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    failsAndKeepsAll(mount() + "/pipe: special file (STORE_REFUSED)");
    Files.delete(pipe);
    mended();
  }
}
