package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeIdentityTest {
  private static final UUID CLUSTER = UUID.fromString("00000000-0000-0000-0000-0000000000c1");

  @TempDir Path parent;

  private Path storage() {
    return parent.resolve("storage");
  }

  private static void assertFails(ErrorCode code, String text, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e).hasMessageContaining(text);
            });
  }

  @Test
  void formatsAndLoads() {
    NodeIdentity made = NodeIdentity.format(storage(), "m1", CLUSTER, false);
    assertThat(made.joined()).isFalse();
    assertThat(NodeIdentity.load(storage(), "m1")).isEqualTo(made);
    NodeIdentity joined = made.markJoined(storage());
    assertThat(joined.joined()).isTrue();
    assertThat(NodeIdentity.load(storage(), "m1")).isEqualTo(joined);
    assertThat(joined.incarnation()).isEqualTo(made.incarnation());
  }

  @Test
  void refusesToFormatWhatIsNotEmptyUnlessAsked() throws Exception {
    NodeIdentity first = NodeIdentity.format(storage(), "m1", CLUSTER, false);
    Path row = storage().resolve("store/000001.sst");
    Files.createDirectories(row.getParent());
    Files.writeString(row, "data");
    assertFails(
        ErrorCode.ALREADY_EXISTS,
        "not empty",
        () -> NodeIdentity.format(storage(), "m1", CLUSTER, false));
    assertThat(row).exists();
    NodeIdentity second = NodeIdentity.format(storage(), "m1", CLUSTER, true);
    assertThat(row).doesNotExist();
    assertThat(second.incarnation()).isNotEqualTo(first.incarnation());
  }

  @Test
  void formatsWhatALinkLeadsTo() throws Exception {
    NodeIdentity.format(storage(), "m1", CLUSTER, false);
    Path log = storage().resolve("raft/log");
    Files.createDirectories(log.getParent());
    Files.writeString(log, "entries");
    Path link = Files.createSymbolicLink(parent.resolve("link"), storage());
    assertFails(
        ErrorCode.ALREADY_EXISTS,
        "not empty",
        () -> NodeIdentity.format(link, "m1", CLUSTER, false));
    NodeIdentity made = NodeIdentity.format(link, "m1", CLUSTER, true);
    assertThat(log.getParent()).doesNotExist();
    assertThat(link).isSymbolicLink();
    assertThat(NodeIdentity.load(storage(), "m1")).isEqualTo(made);
  }

  @Test
  void theRootOfAFileSystemKeepsWhatIsNotOurs() throws Exception {
    Path found = storage().resolve("lost+found/file");
    Files.createDirectories(found.getParent());
    Files.writeString(found, "data");
    NodeIdentity.format(storage(), "m1", CLUSTER, false);
    NodeIdentity.format(storage(), "m1", CLUSTER, true);
    assertThat(found).hasContent("data");
  }

  @Test
  void refusesAnotherNodesStorage() {
    NodeIdentity.format(storage(), "m1", CLUSTER, false);
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        "belongs to another master",
        () -> NodeIdentity.load(storage(), "m2"));
  }

  @Test
  void refusesAnEmptyDiskUnderAKnownName() throws Exception {
    Files.createDirectories(storage());
    assertFails(
        ErrorCode.INVALID_ARGUMENT, "has lost its disk", () -> NodeIdentity.load(storage(), "m1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "version=2\ncluster-id=x\nnode=m1\nincarnation=y\njoined=true\n",
        "version=1\ncluster-id=not-a-uuid\nnode=m1\nincarnation=y\njoined=true\n",
        "version=1\nnode=m1\njoined=true\n",
        "version=1\ncluster-id=00000000-0000-0000-0000-0000000000c1\nnode=m1\n"
            + "incarnation=00000000-0000-0000-0000-0000000000c1\njoined=ture\n",
        "version=1\\u00zz",
      })
  void refusesADamagedFile(String text) throws IOException {
    Files.createDirectories(storage());
    Files.writeString(storage().resolve(NodeIdentity.FILE), text);
    assertFails(ErrorCode.CORRUPT, "dentity file", () -> NodeIdentity.load(storage(), "m1"));
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Files.createDirectories(storage());
    Files.write(
        storage().resolve(NodeIdentity.FILE),
        "version=1\u00ff".getBytes(StandardCharsets.ISO_8859_1));
    assertFails(ErrorCode.CORRUPT, "cannot be read", () -> NodeIdentity.load(storage(), "m1"));
  }

  @Test
  void refusesANameThatIsNone() {
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        "letters, digits",
        () -> NodeIdentity.format(storage(), "m 1\nnode=m2", CLUSTER, false));
    assertThat(storage()).doesNotExist();
  }

  @Test
  void theLockKeepsOthersOutUntilItIsReleased() {
    NodeIdentity.format(storage(), "m1", CLUSTER, false);
    try (StorageLock held = StorageLock.acquire(storage())) {
      assertThat(held).isNotNull();
      assertFails(ErrorCode.BUSY, "Stop it first", () -> StorageLock.acquire(storage()));
    }
    StorageLock.acquire(storage()).close();
    assertFails(
        ErrorCode.NOT_FOUND, "no such", () -> StorageLock.acquire(parent.resolve("nowhere")));
  }
}
