package io.cadastre.server.namespace.through;

import static io.cadastre.server.namespace.through.WritableMount.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertAll;

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
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.server.transaction.MetadataExceptions;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.FaultPlan;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that does not say whether it has made a change, within one term. */
class UnknownOutcomeTest {
  private static final StoreOperation[] MUTATIONS = {
    StoreOperation.CREATE_DIRECTORY,
    StoreOperation.DELETE,
    StoreOperation.DELETE_RECURSIVE,
    StoreOperation.RENAME,
    StoreOperation.SET_ATTRIBUTES
  };

  private static WritableMount mount;

  @BeforeAll
  static void start(@TempDir Path directory) {
    mount = new WritableMount(directory, "400ms");
  }

  @AfterAll
  static void stop() {
    mount.close();
  }

  @AfterEach
  void heal() {
    mount.store.faults().clear();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachChangeIsSettledWhetherTheStoreHasMadeItOrNot(boolean made) throws Exception {
    Changes changes = new Changes(mount, made ? "made" : "not-made");
    for (StoreOperation operation : MUTATIONS) {
      FaultPlan.Rule rule = mount.store.faults().on(operation).times(2);
      if (made) {
        rule.loseAnswer();
      } else {
        rule.fail(Kind.UNKNOWN);
      }
    }
    List<CompletableFuture<Answer<Done>>> answers = new ArrayList<>();
    changes.all.forEach(change -> answers.add(mount.client.submit(change.operation())));
    List<Done> done = new ArrayList<>();
    for (CompletableFuture<Answer<Done>> answer : answers) {
      done.add(answer.get(30, TimeUnit.SECONDS).value());
    }
    assertAll(
        IntStream.range(0, done.size())
            .mapToObj(i -> () -> changes.all.get(i).check().accept(done.get(i))));
    mount.assertAgree();
  }

  @Test
  void theDeadlineOfACallFreesNothingAndARetryGetsTheAnswer() throws Exception {
    mount.directory("/data/deadline");
    Gate gate = mount.store.faults().on(StoreOperation.CREATE_DIRECTORY).at("deadline/a").pause();
    MetadataClient impatient = mount.client.withTimeout(Duration.ofMillis(200)).withRetries(false);
    assertThat(code(() -> impatient.createDirectory("/data/deadline/a")))
        .isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    gate.awaitArrival();

    // Others on the path wait; neighbours, reads and the directory above do not.
    assertThat(code(() -> impatient.createDirectory("/data/deadline/a")))
        .isIn(ErrorCode.LOCK_TIMEOUT, ErrorCode.DEADLINE_EXCEEDED, ErrorCode.OUTCOME_UNKNOWN);
    assertThat(mount.exists("/data/deadline/a")).isFalse();
    mount.client.createDirectory("/data/deadline/b");

    gate.release();
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> mount.exists("/data/deadline/a"));
    mount.assertAgree();
  }

  @Test
  void aRequestThatIsStuckIsNotBelievedToHaveDoneNothing() throws Exception {
    Gate gate = mount.store.faults().on(StoreOperation.CREATE_DIRECTORY).at("stuck").pause();
    CompletableFuture<Answer<Done>> answer =
        mount.client.submit(Operation.createDirectory("/data/stuck", DirectoryOptions.DEFAULT));
    gate.awaitArrival();
    // Long past the store's deadline, with the store saying that nothing is there.
    long until = System.nanoTime() + Duration.ofMillis(1_500).toNanos();
    while (System.nanoTime() < until) {
      assertThat(answer).isNotDone();
      mount.status("/data");
    }
    gate.release();
    assertThat(answer.get(10, TimeUnit.SECONDS).value().getInodeId())
        .isEqualTo(mount.status("/data/stuck").getId());
    mount.assertAgree();
  }

  @Test
  void aHungStoreDoesNotStopAnother(@TempDir Path unused) throws Exception {
    MemoryStore other = MemoryStore.named("other-" + System.nanoTime());
    mount.client.mount("/other", other.uri(), MountOptions.DEFAULT.withWritable(true));
    Gate gate = mount.store.faults().on(StoreOperation.CREATE_DIRECTORY).under("hung").pause();
    List<CompletableFuture<Answer<Done>>> stuck = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      stuck.add(
          mount.client.submit(
              Operation.createDirectory(
                  "/data/hung/" + i, DirectoryOptions.DEFAULT.withParents(true))));
    }
    gate.awaitArrival();
    for (int i = 0; i < 20; i++) {
      mount.client.createDirectory("/other/" + i);
      mount.client.createDirectory("/outside-" + i);
    }
    assertThat(other.exists("19")).isTrue();
    gate.release();
    for (CompletableFuture<Answer<Done>> answer : stuck) {
      answer.get(30, TimeUnit.SECONDS);
    }
    mount.assertAgree();
    mount.client.unmount("/other");
  }

  @Test
  void aHalfDoneChainIsCompleted() throws Exception {
    mount
        .store
        .faults()
        .on(StoreOperation.CREATE_DIRECTORY)
        .at("half/a")
        .times(2)
        .fail(Kind.UNKNOWN);
    mount.directory("/data/half/a/b");
    assertThat(mount.store.peek("half").owner()).isEqualTo("admin");
    // Made by the settler, for the same owner as those that were made at once.
    assertThat(mount.store.peek("half/a").owner()).isEqualTo("admin");
    assertThat(mount.store.peek("half/a/b").owner()).isEqualTo("admin");
    mount.assertAgree();
  }

  @Test
  void aHalfDoneReplacingRenameIsCompleted() throws Exception {
    long id = mount.file("/data/replace/from", 1).getId();
    mount.file("/data/replace/to", 2);
    mount.store.faults().on(StoreOperation.RENAME).times(1).fail(Kind.UNKNOWN);
    Done done = mount.client.rename("/data/replace/from", "/data/replace/to", true).value();
    assertThat(done.getInodeId()).isEqualTo(id);
    assertThat(mount.store.peek("replace/to").size()).isEqualTo(1);
    mount.assertAgree();
  }

  @Test
  void aHalfDoneReplacingRenameThatIsRefusedIsGivenUp() throws Exception {
    long from = mount.file("/data/refused/from", 1).getId();
    mount.file("/data/refused/to", 2);
    mount.store.faults().on(StoreOperation.RENAME).fail(Kind.DENIED);
    assertThat(
            code(
                () ->
                    mount
                        .client
                        .withRetries(false)
                        .rename("/data/refused/from", "/data/refused/to", true)))
        .isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    mount.store.faults().clear();
    // The paths are free, and the next access finds out what is left, at interval -1 too.
    assertThat(mount.exists("/data/refused/to")).isFalse();
    assertThat(mount.status("/data/refused/from").getId()).isEqualTo(from);
    mount.client.rename("/data/refused/from", "/data/refused/to", false);
    assertThat(mount.status("/data/refused/to").getId()).isEqualTo(from);
    mount.assertAgree();
  }

  @Test
  void aRenameThatLeftSomethingAtBothNamesIsGivenUp() throws Exception {
    mount.file("/data/both/from", 1);
    mount.store.faults().on(StoreOperation.RENAME).times(1).fail(Kind.UNKNOWN);
    mount.store.faults().on(StoreOperation.STATUS).fail(Kind.UNKNOWN);
    long before = mount.store.requests(StoreOperation.RENAME);
    CompletableFuture<Answer<Done>> answer =
        mount
            .client
            .withRetries(false)
            .submit(Operation.rename("/data/both/from", "/data/both/to", false));
    await().until(() -> mount.store.requests(StoreOperation.RENAME) > before);
    // As of a store that copies, and whose copies have another fingerprint.
    mount.store.write("both/to", 1);
    mount.store.faults().clear();
    Throwable failure = answer.handle((done, failed) -> failed).get(20, TimeUnit.SECONDS);
    assertThat(MetadataExceptions.unwrap(failure).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    // Found out at interval -1 too.
    assertThat(mount.exists("/data/both/to")).isTrue();
    mount.assertAgree();
  }

  @Test
  void aDeleteThatTheStoreDoesNotLetUsSettleIsGivenUp() {
    mount.file("/data/denied/tree/below/file", 1);
    mount.store.faults().on(StoreOperation.DELETE_RECURSIVE).times(1).fail(Kind.UNKNOWN);
    mount.store.faults().on(StoreOperation.LIST).fail(Kind.DENIED);
    DeleteOptions unchecked = DeleteOptions.DEFAULT.withRecursive(true).withUnchecked(true);
    assertThat(code(() -> mount.client.withRetries(false).delete("/data/denied/tree", unchecked)))
        .isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    mount.store.faults().clear();
    // Nothing is locked any more.
    mount.client.delete("/data/denied", unchecked);
    mount.assertAgree();
  }

  @Test
  void aFileWhoseBytesNeverCameIsRenamed() throws Exception {
    mount.directory("/data/no-bytes");
    mount.client.createFile("/data/no-bytes/from", FileOptions.DEFAULT);
    long id = mount.status("/data/no-bytes/from").getId();
    mount.store.faults().on(StoreOperation.RENAME).times(1).fail(Kind.UNKNOWN);
    Done done =
        mount
            .client
            .withRetries(false)
            .rename("/data/no-bytes/from", "/data/no-bytes/to", false)
            .value();
    assertThat(done.getInodeId()).isEqualTo(id);
    mount.store.write("no-bytes/to", 3);
    mount.client.completeFile("/data/no-bytes/to", CompleteOptions.DEFAULT);
    assertThat(mount.status("/data/no-bytes/to").getId()).isEqualTo(id);
    mount.assertAgree();
  }

  @Test
  void attributesOfAnEntryThatWasExchangedWhileTheyWereSetAreGivenUp() {
    mount.directory("/data/exchanged");
    mount
        .store
        .faults()
        .on(StoreOperation.SET_ATTRIBUTES)
        .at("exchanged")
        .times(1)
        .run(
            () -> {
              mount.store.remove("exchanged");
              mount.store.write("exchanged", 3);
            });
    mount.store.faults().on(StoreOperation.SET_ATTRIBUTES).at("exchanged").times(1).loseAnswer();
    assertThat(
            code(
                () ->
                    mount
                        .client
                        .withRetries(false)
                        .setAttributes("/data/exchanged", AttributeChanges.NONE.mode(0700))))
        .isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    // The next access compares the path, and finds the file.
    assertThat(mount.status("/data/exchanged").getKind()).isEqualTo(InodeKind.FILE);
    mount.assertAgree();
  }

  @Test
  void aFileWhoseBytesNeverCameGetsItsAttributes() throws Exception {
    mount.directory("/data/no-bytes-yet");
    String path = "/data/no-bytes-yet/file";
    mount.client.createFile(path, FileOptions.DEFAULT);
    mount.store.faults().on(StoreOperation.SET_ATTRIBUTES).times(1).fail(Kind.UNKNOWN);
    mount.client.withRetries(false).setAttributes(path, AttributeChanges.NONE.mode(0600));
    assertThat(mount.status(path).getMode()).isEqualTo(0600);
    mount.store.write("no-bytes-yet/file", 3);
    mount.client.completeFile(path, CompleteOptions.DEFAULT);
    mount.assertAgree();
  }

  @Test
  void aCreatedFileIsCompletedAfterItsDirectoryWasUnknown() throws Exception {
    mount.store.faults().on(StoreOperation.CREATE_DIRECTORY).times(1).loseAnswer();
    mount.client.createFile("/data/late/file", FileOptions.DEFAULT.withParents(true));
    mount.store.write("late/file", 7);
    mount.client.completeFile("/data/late/file", CompleteOptions.DEFAULT);
    mount.assertAgree();
  }

  @Test
  void whatTheStoreSurelyDidNotDoIsAnError() throws Exception {
    mount.store.faults().on(StoreOperation.CREATE_DIRECTORY).at("never").fail(Kind.UNKNOWN);
    CompletableFuture<Answer<Done>> answer =
        mount
            .client
            .withRetries(false)
            .submit(Operation.createDirectory("/data/never", DirectoryOptions.DEFAULT));
    ExecutionException failure =
        org.assertj.core.api.Assertions.catchThrowableOfType(
            ExecutionException.class, () -> answer.get(20, TimeUnit.SECONDS));
    assertThat(((io.cadastre.core.error.MetadataException) failure.getCause()).code())
        .isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    mount.store.faults().clear();
    mount.client.createDirectory("/data/never");
    mount.assertAgree();
  }
}
