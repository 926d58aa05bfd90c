package io.cadastre.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.server.testing.TestMaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests against one running master with a small tree and two local stores, one writable at {@code
 * /w} and one read-only at {@code /r}. After each test the namespace and the stores are compared
 * with what they were before it: bad input changes nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
abstract class RunningMaster {
  /** A machine that is busy with other tests shall not depose a master. */
  static final Map<String, String> PATIENT_ELECTIONS =
      Map.of(
          "cadastre.master.raft.election.timeout.min", "1s",
          "cadastre.master.raft.election.timeout.max", "2s");

  protected Path directory;
  protected TestMaster master;
  protected MetadataClient client;
  protected Shell shell;
  private String before;

  @BeforeAll
  void prepare(@TempDir Path temporary) throws IOException {
    directory = temporary;
    master = TestMaster.in(directory).with(PATIENT_ELECTIONS).start();
    client = master.client();
    shell = new Shell(directory, master.address());
    client.createDirectory("/full/below", DirectoryOptions.DEFAULT.withParents(true));
    client.createDirectory("/other/below", DirectoryOptions.DEFAULT.withParents(true));
    client.createDirectory("/empty");
    client.createFile("/file", FileOptions.DEFAULT.withComplete(true));
    for (String name : new String[] {"w", "r"}) {
      Files.createDirectories(store(name).resolve("d"));
      Files.writeString(store(name).resolve("f"), "content");
      client.mount(
          "/" + name,
          store(name).toUri().toString(),
          MountOptions.DEFAULT.withWritable(name.equals("w")));
      shell.run("fs", "load-metadata", "-R", "/" + name).succeeds();
    }
  }

  @AfterAll
  void stop() {
    master.close();
  }

  @BeforeEach
  void remember() throws IOException {
    before = state();
  }

  @AfterEach
  void nothingHasChanged() throws IOException {
    assertThat(state()).isEqualTo(before);
  }

  private String state() throws IOException {
    return shell.state() + TreeHash.of(store("w")) + TreeHash.of(store("r"));
  }

  /** The store that is mounted at this name. */
  protected Path store(String name) {
    return directory.resolve("stores").resolve(name);
  }
}
