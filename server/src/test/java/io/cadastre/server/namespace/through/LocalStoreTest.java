package io.cadastre.server.namespace.through;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.client.Answer;
import io.cadastre.client.AttributeChanges;
import io.cadastre.client.CompleteOptions;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.client.Operation;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.server.transaction.Failpoints;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of this machine as a writable store. */
class LocalStoreTest {
  @Test
  void changesFilesOfThisMachine(@TempDir Path directory) throws Exception {
    Path root = Files.createDirectory(directory.resolve("root"));
    try (TestMaster master = TestMaster.in(directory.resolve("master")).start()) {
      MetadataClient client = master.client();
      client.mount("/local", "file://" + root, MountOptions.DEFAULT.withWritable(true));
      client.createDirectory("/local/a/b", DirectoryOptions.DEFAULT.withParents(true));
      assertThat(root.resolve("a/b")).isDirectory();

      Done created = client.createFile("/local/a/b/file").value();
      assertThat(created.getStoreUri()).isEqualTo("file://" + root + "/a/b/file");
      Files.writeString(root.resolve("a/b/file"), "hello");
      client.completeFile("/local/a/b/file", CompleteOptions.DEFAULT);
      assertThat(client.getStatus("/local/a/b/file").value().getSize()).isEqualTo(5);

      client.setAttributes("/local/a/b/file", AttributeChanges.NONE.mode(0640));
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(root.resolve("a/b/file"))))
          .isEqualTo("rw-r-----");

      client.rename("/local/a/b/file", "/local/a/moved", false);
      assertThat(root.resolve("a/moved")).hasContent("hello");
      FileStatus moved = client.getStatus("/local/a/moved").value();
      assertThat(moved.getId()).isEqualTo(created.getInodeId());

      client.delete("/local/a/moved", DeleteOptions.DEFAULT);
      assertThat(root.resolve("a/moved")).doesNotExist();
      client.createFile("/local/a/b/c/new", FileOptions.DEFAULT.withParents(true));
      client.delete("/local/a", DeleteOptions.DEFAULT.withRecursive(true));
      assertThat(root).isEmptyDirectory();
    }
  }

  @Test
  void aFileLeftUnderBothNamesLosesTheOldOne(@TempDir Path directory) throws Exception {
    Path root = Files.createDirectory(directory.resolve("root"));
    try (TestMaster master =
        TestMaster.in(directory.resolve("master"))
            .with("cadastre.master.ufs.deadline", "300ms")
            .start()) {
      MetadataClient client = master.client();
      client.mount("/local", "file://" + root, MountOptions.DEFAULT.withWritable(true));
      long id = client.createFile("/local/old").value().getInodeId();
      Files.writeString(root.resolve("old"), "both");
      client.completeFile("/local/old", CompleteOptions.DEFAULT);

      Stops stops = new Stops();
      master.stop();
      master.withFailpoints(stops.at(Failpoints.Point.INTENT_OPENED)).start();
      CompletableFuture<Answer<Done>> answer =
          client.submit(Operation.rename("/local/old", "/local/new", false));
      stops.await(1);
      // What a master that dies between the two system calls of a rename leaves behind.
      Files.createLink(root.resolve("new"), root.resolve("old"));
      master.withFailpoints(Failpoints.NONE).restart();
      stops.release();

      assertThat(answer.get(20, TimeUnit.SECONDS).value().getRepeated()).isTrue();
      assertThat(client.getStatus("/local/new").value().getId()).isEqualTo(id);
      assertThat(root.resolve("new")).hasContent("both");
      assertThat(root.resolve("old")).doesNotExist();
    }
  }
}
