package io.cadastre.server.namespace.through;

import static io.cadastre.server.namespace.through.WritableMount.code;
import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.client.AttributeChanges;
import io.cadastre.client.CompleteOptions;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MountChanges;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every operation on a writable mount, as a client sees it, and what the store has afterwards. */
class ThroughStoreTest {
  private static final DeleteOptions RECURSIVE = DeleteOptions.DEFAULT.withRecursive(true);

  private static WritableMount mount;

  @BeforeAll
  static void start(@TempDir Path directory) {
    mount = new WritableMount(directory, "2s");
  }

  @AfterAll
  static void stop() {
    mount.close();
  }

  @AfterEach
  void agree() {
    mount.store.faults().clear();
    mount.assertAgree();
  }

  @Test
  void makesDirectoriesInTheStore() {
    mount.client.createDirectory("/data/mkdir");
    mount.client.createDirectory(
        "/data/mkdir/a/b/c", DirectoryOptions.DEFAULT.withParents(true).withMode(0750));

    assertThat(mount.store.peek("mkdir/a/b/c").mode()).isEqualTo(0750);
    assertThat(mount.status("/data/mkdir/a/b/c").getFingerprint())
        .isEqualTo(mount.store.peek("mkdir/a/b/c").fingerprint());
    assertThat(code(() -> mount.client.createDirectory("/data/mkdir")))
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
  }

  @Test
  void refusesToMakeWhatTheStoreHasAndTheNamespaceDoesNot() {
    mount.store.mkdirs("foreign");
    mount.store.write("foreign-file", 3);
    try {
      assertThat(code(() -> mount.client.createDirectory("/data/foreign")))
          .isEqualTo(ErrorCode.ALREADY_EXISTS);
      assertThat(code(() -> mount.client.createFile("/data/foreign-file")))
          .isEqualTo(ErrorCode.ALREADY_EXISTS);
      assertThat(mount.exists("/data/foreign")).isFalse();
    } finally {
      mount.store.remove("foreign");
      mount.store.remove("foreign-file");
    }
  }

  @Test
  void takesBackAChainThatIsRefusedHalfway() {
    mount.store.faults().on(StoreOperation.CREATE_DIRECTORY).at("chain/a/b").fail(Kind.DENIED);
    assertThat(code(() -> mount.directory("/data/chain/a/b/c"))).isEqualTo(ErrorCode.STORE_REFUSED);
    assertThat(mount.store.exists("chain")).isFalse();
    assertThat(mount.exists("/data/chain")).isFalse();
  }

  @Test
  void createsAFileWhoseBytesComeFromElsewhere() {
    Done created =
        mount.client.createFile("/data/files/new", FileOptions.DEFAULT.withParents(true)).value();
    assertThat(created.getStoreUri()).isEqualTo(mount.store.uri() + "files/new");
    assertThat(mount.store.exists("files")).isTrue();
    assertThat(mount.store.exists("files/new")).isFalse();
    assertThat(code(() -> mount.client.completeFile("/data/files/new", CompleteOptions.DEFAULT)))
        .isEqualTo(ErrorCode.FILE_STATE);

    mount.store.write("files/new", 42);
    mount.client.completeFile("/data/files/new", CompleteOptions.DEFAULT);

    FileStatus status = mount.status("/data/files/new");
    assertThat(status.getId()).isEqualTo(created.getInodeId());
    assertThat(status.getSize()).isEqualTo(42);
    assertThat(status.getIncomplete()).isFalse();
    assertThat(status.getMtimeMillis()).isEqualTo(mount.store.peek("files/new").mtimeMillis());
    assertThat(status.getOwner()).isEqualTo("store");
  }

  @Test
  void deletesFilesAndEmptyDirectories() {
    mount.file("/data/del/file", 1);
    mount.client.delete("/data/del/file", DeleteOptions.DEFAULT);
    mount.client.delete("/data/del", DeleteOptions.DEFAULT);
    assertThat(mount.store.exists("del")).isFalse();
    assertThat(mount.exists("/data/del")).isFalse();
  }

  @Test
  void doesNotDeleteAFileThatHasChanged() {
    mount.file("/data/changed", 1);
    mount.store.write("changed", 2);
    assertThat(code(() -> mount.client.delete("/data/changed", DeleteOptions.DEFAULT)))
        .isEqualTo(ErrorCode.INODE_CHANGED);
    assertThat(mount.store.exists("changed")).isTrue();
    mount.client.delete("/data/changed", DeleteOptions.DEFAULT.withCadastreOnly(true));
    mount.store.remove("changed");
  }

  @Test
  void deletesWhatIsGoneFromTheStoreAlready() {
    mount.file("/data/gone", 1);
    mount.store.remove("gone");
    mount.client.delete("/data/gone", DeleteOptions.DEFAULT);
    assertThat(mount.exists("/data/gone")).isFalse();
  }

  @Test
  void setsNoAttributesOfAnEntryOfAnotherKind() {
    mount.directory("/data/taken-by-file");
    mount.store.remove("taken-by-file");
    mount.store.write("taken-by-file", 3);
    mount.file("/data/taken-by-directory", 1);
    mount.store.remove("taken-by-directory");
    mount.store.mkdirs("taken-by-directory");
    for (String name : List.of("taken-by-file", "taken-by-directory")) {
      int mode = mount.store.peek(name).mode();
      assertThat(
              code(
                  () ->
                      mount.client.setAttributes(
                          "/data/" + name, AttributeChanges.NONE.mode(0711))))
          .isEqualTo(ErrorCode.OUT_OF_SYNC);
      assertThat(mount.store.peek(name).mode()).isEqualTo(mode).isNotEqualTo(0711);
    }
    assertThat(mount.status("/data/taken-by-file").getKind()).isEqualTo(InodeKind.DIRECTORY);
    assertThat(mount.status("/data/taken-by-directory").getKind()).isEqualTo(InodeKind.FILE);
    mount.client.loadMetadata(
        "/data", LoadOptions.DEFAULT.withRecursive(true).withForce(true), progress -> {});
  }

  @Test
  void deletesASubtreeOnlyIfTheStoreHoldsNothingElse() {
    mount.file("/data/tree/a/one", 1);
    mount.file("/data/tree/a/two", 2);
    mount.file("/data/tree/b/three", 3);
    mount.directory("/data/tree/a/empty");
    mount.store.write("tree/a/stranger", 9);
    assertThat(code(() -> mount.client.delete("/data/tree", RECURSIVE)))
        .isEqualTo(ErrorCode.OUT_OF_SYNC);
    mount.store.remove("tree/a/stranger");
    mount.store.write("tree/b/three", 4);
    assertThat(code(() -> mount.client.delete("/data/tree", RECURSIVE)))
        .isEqualTo(ErrorCode.OUT_OF_SYNC);
    assertThat(mount.store.exists("tree/a/one")).isTrue();

    mount.client.delete("/data/tree", RECURSIVE.withUnchecked(true));
    assertThat(mount.store.exists("tree")).isFalse();
    assertThat(mount.exists("/data/tree")).isFalse();
  }

  @Test
  void deletesASubtreeFromWhichTheStoreLacksSomething() {
    mount.file("/data/lacking/a/one", 1);
    mount.file("/data/lacking/b/two", 1);
    mount.store.remove("lacking/a");
    mount.client.delete("/data/lacking", RECURSIVE);
    assertThat(mount.store.exists("lacking")).isFalse();
  }

  @Test
  void deletesNothingWhenTheStoreCannotBeRead() {
    mount.file("/data/hidden/a/one", 1);
    mount.store.faults().on(StoreOperation.LIST).at("hidden/a").fail(Kind.DENIED);
    assertThat(code(() -> mount.client.delete("/data/hidden", RECURSIVE)))
        .isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    assertThat(mount.store.exists("hidden/a/one")).isTrue();
  }

  @Test
  void renamesFilesAndDirectories() {
    long file = mount.file("/data/ren/file", 5).getId();
    mount.client.rename("/data/ren/file", "/data/ren/moved", false);
    assertThat(mount.status("/data/ren/moved").getId()).isEqualTo(file);
    assertThat(mount.store.peek("ren/moved").size()).isEqualTo(5);

    long directory = mount.status("/data/ren").getId();
    mount.client.rename("/data/ren", "/data/ren2", false);
    assertThat(mount.status("/data/ren2").getId()).isEqualTo(directory);
    assertThat(mount.status("/data/ren2/moved").getId()).isEqualTo(file);
    assertThat(mount.store.exists("ren")).isFalse();
  }

  @Test
  void renameReplacesOnlyWhatIsKnown() {
    long source = mount.file("/data/over/source", 1).getId();
    mount.file("/data/over/target", 2);
    mount.client.rename("/data/over/source", "/data/over/target", true);
    assertThat(mount.status("/data/over/target").getId()).isEqualTo(source);
    assertThat(mount.store.peek("over/target").size()).isEqualTo(1);

    mount.store.write("over/stranger", 7);
    assertThat(code(() -> mount.client.rename("/data/over/target", "/data/over/stranger", true)))
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    mount.store.remove("over/stranger");
  }

  @Test
  void renameThatWouldBeRefusedDeletesNothing() {
    mount.file("/data/keep/source", 1);
    mount.file("/data/keep/target", 2);
    mount.store.write("keep/source", 3);
    assertThat(code(() -> mount.client.rename("/data/keep/source", "/data/keep/target", true)))
        .isEqualTo(ErrorCode.INODE_CHANGED);
    assertThat(mount.store.exists("keep/target")).isTrue();
    mount.client.delete("/data/keep", RECURSIVE.withUnchecked(true));
  }

  @Test
  void renamesAnIncompleteFileHereOnly() {
    long id = mount.client.createFile("/data/inc").value().getInodeId();
    mount.client.rename("/data/inc", "/data/inc2", false);
    assertThat(mount.status("/data/inc2").getId()).isEqualTo(id);
    mount.client.delete("/data/inc2", DeleteOptions.DEFAULT);
  }

  @Test
  void setsWhatTheStoreHolds() {
    mount.file("/data/attr", 1);
    mount.client.setAttributes(
        "/data/attr", AttributeChanges.NONE.mode(0600).owner("bob").mtimeMillis(1_234_567));
    FileStatus status = mount.status("/data/attr");
    assertThat(status.getMode()).isEqualTo(0600);
    assertThat(status.getOwner()).isEqualTo("bob");
    assertThat(status.getMtimeMillis()).isEqualTo(1_234_567);
    assertThat(mount.store.peek("attr").owner()).isEqualTo("bob");
    assertThat(mount.store.peek("attr").mtimeMillis()).isEqualTo(1_234_567);
  }

  @Test
  void aReadOnlyMountIsNotWritten() {
    mount.client.updateMount("/data", MountChanges.NONE.withWritable(false));
    try {
      assertThat(code(() -> mount.client.createDirectory("/data/no")))
          .isEqualTo(ErrorCode.READ_ONLY);
      assertThat(mount.store.exists("no")).isFalse();
    } finally {
      mount.client.updateMount("/data", MountChanges.NONE.withWritable(true));
    }
  }

  @Test
  void aRefusalOfTheStoreIsTheCallersAnswerAndFreesThePath() {
    mount.store.faults().on(StoreOperation.CREATE_DIRECTORY).times(1).fail(Kind.DENIED);
    mount.store.faults().on(StoreOperation.CREATE_DIRECTORY).times(1).fail(Kind.DENIED);
    assertThat(code(() -> mount.client.createDirectory("/data/refused")))
        .isEqualTo(ErrorCode.STORE_REFUSED);
    mount.client.createDirectory("/data/refused");
  }
}
