package io.cadastre.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.google.protobuf.ByteString;
import io.cadastre.client.Answer;
import io.cadastre.client.AttributeChanges;
import io.cadastre.client.CompleteOptions;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.client.Operation;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.Difference;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.server.namespace.through.Stops;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.server.transaction.Failpoints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changes of a writable mount through a master: what the store has afterwards, what the namespace
 * has, and that a comparison of everything finds no difference after each test. Each has a
 * directory of its own. Nothing is compared by an access of itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
abstract class AbstractWriteThroughTest {
  /** What the namespace knows, without asking the store. */
  private static final ReadOptions KNOWN =
      ReadOptions.DEFAULT.withLoadType(LoadType.NEVER).withSyncIntervalMillis(-1);

  private static final LoadOptions ALL_AGAIN =
      LoadOptions.DEFAULT.withRecursive(true).withForce(true);
  private static final DirectoryOptions PARENTS = DirectoryOptions.DEFAULT.withParents(true);
  private static final DeleteOptions RECURSIVE = DeleteOptions.DEFAULT.withRecursive(true);
  private static final String XATTR = "user.k";
  private static final ByteString VALUE = ByteString.copyFromUtf8("v");

  private ReadableStore store;
  private TestMaster master;
  private MetadataClient client;
  private String top;

  /** The store to try; asked once, and closed at the end. */
  abstract ReadableStore open(Path directory);

  /** Whether what is moved with its directory is found to be the same by its fingerprint. */
  boolean keepsFingerprints() {
    return true;
  }

  @BeforeAll
  void start(@TempDir Path directory) {
    store = open(directory.resolve("store"));
    master =
        TestMaster.in(directory.resolve("master"))
            .with("cadastre.master.store.threads", "64")
            .with("cadastre.user.file.metadata.load.type", "NEVER")
            .start();
    client = master.client();
    client.mount(
        "/m", store.uri(), MountOptions.DEFAULT.withWritable(true).withProperties(store.options()));
  }

  @AfterAll
  void stop() {
    master.close();
    store.close();
  }

  @BeforeEach
  void make(TestInfo test) {
    top = test.getTestMethod().orElseThrow().getName();
    client.createDirectory(path(""));
  }

  /**
   * The store has what the namespace has, by name and size; the one difference is the time of
   * directories, which some stores change with their entries. After a load there is none.
   */
  @AfterEach
  void agree() {
    assertThat(known()).isEqualTo(store.entries(top));
    List<Difference> differences = diff();
    assertThat(differences)
        .allSatisfy(
            difference -> {
              assertThat(difference.getKind()).isEqualTo(Difference.Kind.CHANGED);
              assertThat(difference.getInStore()).isEqualTo(InodeKind.DIRECTORY);
              assertThat(difference.getFieldsList())
                  .extracting(Difference.Field::getName)
                  .containsExactly("modified");
            });
    LoadMetadataProgress loaded = load();
    assertThat(loaded.getUpdated()).isEqualTo(differences.size());
    assertThat(loaded.getCreated() + loaded.getReplaced() + loaded.getDeleted()).isZero();
    same();
  }

  /** What no test leaves behind: a dry run and a comparison find nothing. */
  private void same() {
    List<String> found = new ArrayList<>();
    LoadMetadataProgress dry =
        client.loadMetadata(
            path(""),
            ALL_AGAIN.withDryRun(true),
            progress -> found.addAll(progress.getDifferencesList()));
    assertThat(found).isEmpty();
    assertThat(dry.getFailed()).isZero();
    assertThat(dry.getCreated() + dry.getUpdated() + dry.getReplaced() + dry.getDeleted()).isZero();
    assertThat(diff()).isEmpty();
  }

  private List<Difference> diff() {
    List<Difference> differences = new ArrayList<>();
    assertThat(client.diff(path(""), true, differences::add).getFailed()).isZero();
    return differences;
  }

  private LoadMetadataProgress load() {
    LoadMetadataProgress end = client.loadMetadata(path(""), ALL_AGAIN, progress -> {});
    assertThat(end.getFailed()).as("%s", end.getFailuresList()).isZero();
    return end;
  }

  private List<String> known() {
    List<String> entries = new ArrayList<>();
    try (ListStream pages =
        client.list(path(""), ListOptions.DEFAULT.withRecursive(true).withRead(KNOWN))) {
      pages.forEachRemaining(
          page ->
              page.entries()
                  .forEach(
                      entry -> {
                        if (!entry.getIncomplete()) {
                          entries.add(text(entry));
                        }
                      }));
    }
    entries.sort(null);
    return entries;
  }

  private String text(FileStatus entry) {
    String name = entry.getPath().substring(path("").length() + 1);
    return name + (entry.getKind() == InodeKind.DIRECTORY ? " d" : " f" + entry.getSize());
  }

  private void storeHas(String... entries) {
    assertThat(store.entries(top)).containsExactly(entries);
  }

  private String path(String name) {
    return "/m/" + top + (name.isEmpty() ? "" : "/" + name);
  }

  private String inStore(String name) {
    return top + "/" + name;
  }

  private FileStatus status(String name) {
    return client.getStatus(path(name), KNOWN).value();
  }

  private boolean exists(String name) {
    return client.exists(path(name), KNOWN).value();
  }

  /** Makes a file with an extended attribute here, and its bytes in the store. */
  private FileStatus file(String name, int size) {
    client.createFile(
        path(name), FileOptions.DEFAULT.withParents(true).withXattrs(Map.of(XATTR, VALUE)));
    store.write(inStore(name), size);
    client.completeFile(path(name), CompleteOptions.DEFAULT);
    return status(name);
  }

  private void hasXattr(String name) {
    assertThat(status(name).getXattrsList())
        .extracting(xattr -> xattr.getName() + "=" + xattr.getValue().toStringUtf8())
        .containsExactly("user.k=v");
  }

  private static ErrorCode code(ThrowingCallable call) {
    MetadataException failure = catchThrowableOfType(MetadataException.class, call);
    assertThat(failure).as("a refusal").isNotNull();
    return failure.code();
  }

  private ErrorCode deleting(String name, DeleteOptions options) {
    return code(() -> client.delete(path(name), options));
  }

  @Test
  void directoriesAreMade() {
    client.createDirectory(path("one"));
    Done made =
        client
            .createDirectory(path("a/b/c"), PARENTS.withMode(0750).withXattrs(Map.of(XATTR, VALUE)))
            .value();
    storeHas("a d", "a/b d", "a/b/c d", "one d");
    FileStatus deepest = status("a/b/c");
    assertThat(deepest.getId()).isEqualTo(made.getInodeId());
    assertThat(deepest.getMode()).isEqualTo(0750);
    assertThat(deepest.getOwner()).isEqualTo("admin");
    if (store.hasModes()) {
      assertThat(store.attributes(inStore("a/b/c")))
          .isEqualTo("admin:" + deepest.getGroup() + " 750");
    }

    Done again = client.createDirectory(path("a/b/c"), PARENTS).value();
    assertThat(again.getChanged()).isFalse();
    assertThat(again.getInodeId()).isEqualTo(made.getInodeId());
    assertThat(code(() -> client.createDirectory(path("one")))).isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(code(() -> client.createDirectory(path("x/y")))).isEqualTo(ErrorCode.NOT_FOUND);

    load();
    assertThat(status("a/b/c").getId()).isEqualTo(made.getInodeId());
    assertThat(status("a/b/c").getMode()).isEqualTo(0750);
    hasXattr("a/b/c");
  }

  @Test
  void nothingIsMadeWhereTheStoreHasSomething() {
    store.mkdirs(inStore("foreign"));
    store.write(inStore("file"), 3);
    assertThat(code(() -> client.createDirectory(path("foreign"))))
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(code(() -> client.createFile(path("file")))).isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(code(() -> client.createDirectory(path("foreign/below"), PARENTS)))
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    storeHas("file f3", "foreign d");
    assertThat(known()).isEmpty();
    assertThat(load().getCreated()).isEqualTo(2);
  }

  @Test
  void aFileIsCompletedWithWhatTheStoreHas() {
    Done created = client.createFile(path("d/new"), FileOptions.DEFAULT.withParents(true)).value();
    assertThat(created.getStoreUri()).isEqualTo(store.uri() + "/" + inStore("d/new"));
    assertThat(status("d/new").getIncomplete()).isTrue();
    storeHas("d d");
    assertThat(code(() -> client.completeFile(path("d/new"), CompleteOptions.DEFAULT)))
        .isEqualTo(ErrorCode.FILE_STATE);

    store.write(inStore("d/new"), 42);
    client.completeFile(path("d/new"), CompleteOptions.DEFAULT);
    storeHas("d d", "d/new f42");
    FileStatus complete = status("d/new");
    assertThat(complete.getId()).isEqualTo(created.getInodeId());
    assertThat(complete.getIncomplete()).isFalse();
    assertThat(complete.getSize()).isEqualTo(42);
    assertThat(complete.getFingerprint()).isNotEmpty();
    assertThat(complete.getMtimeMillis()).isPositive();

    // The fingerprint is that of these bytes: a comparison finds the same, and other bytes another.
    load();
    assertThat(status("d/new").getFingerprint()).isEqualTo(complete.getFingerprint());
    store.write(inStore("d/new"), 43);
    assertThat(deleting("d/new", DeleteOptions.DEFAULT)).isEqualTo(ErrorCode.INODE_CHANGED);
    load();
    assertThat(status("d/new").getFingerprint()).isNotEqualTo(complete.getFingerprint());
    assertThat(status("d/new").getId()).isEqualTo(created.getInodeId());
  }

  @Test
  void aFileIsRenamed() {
    long id = file("from", 5).getId();
    client.createDirectory(path("d"));
    Done done = client.rename(path("from"), path("d/to"), false).value();
    assertThat(done.getInodeId()).isEqualTo(id);
    storeHas("d d", "d/to f5");
    assertThat(exists("from")).isFalse();
    assertThat(status("d/to").getId()).isEqualTo(id);
    hasXattr("d/to");
    load();
    assertThat(status("d/to").getId()).isEqualTo(id);
    hasXattr("d/to");
    // Its fingerprint is that of what is there now.
    client.delete(path("d/to"), DeleteOptions.DEFAULT);
    storeHas("d d");
  }

  @Test
  void aFileReplacesAnother() {
    long id = file("from", 5).getId();
    file("to", 6);
    assertThat(code(() -> client.rename(path("from"), path("to"), false)))
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    client.rename(path("from"), path("to"), true);
    storeHas("to f5");
    assertThat(status("to").getId()).isEqualTo(id);
    assertThat(exists("from")).isFalse();

    store.write(inStore("stranger"), 7);
    assertThat(code(() -> client.rename(path("to"), path("stranger"), true)))
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    storeHas("stranger f7", "to f5");
    store.remove(inStore("stranger"));
  }

  @Test
  void aDirectoryIsRenamedWithItsEntries() {
    file("from/a/file", 3);
    file("from/other", 4);
    client.createDirectory(path("from/empty"));
    Map<String, Long> ids = new HashMap<>();
    for (String name : List.of("", "/a", "/a/file", "/other", "/empty")) {
      ids.put(name, status("from" + name).getId());
    }
    client.createDirectory(path("d"));
    client.rename(path("from"), path("d/to"), false);
    storeHas("d d", "d/to d", "d/to/a d", "d/to/a/file f3", "d/to/empty d", "d/to/other f4");
    assertThat(exists("from")).isFalse();
    for (int round = 0; round < 2; round++) {
      ids.forEach((name, id) -> assertThat(status("d/to" + name).getId()).isEqualTo(id));
      hasXattr("d/to/a/file");
      hasXattr("d/to/other");
      load();
    }
    client.delete(path("d/to"), RECURSIVE);
    storeHas("d d");
  }

  @Test
  void whatWasRenamedInARenamedDirectoryStaysWhatItIs() {
    long id = file("from/first", 3).getId();
    client.rename(path("from/first"), path("from/second"), false);
    client.rename(path("from"), path("to"), false);
    storeHas("to d", "to/second f3");
    if (!keepsFingerprints()) {
      assertThat(deleting("to", RECURSIVE)).isEqualTo(ErrorCode.OUT_OF_SYNC);
      storeHas("to d", "to/second f3");
      assertThat(load().getUpdated()).isEqualTo(1);
    }
    assertThat(status("to/second").getId()).isEqualTo(id);
    hasXattr("to/second");
    client.delete(path("to"), RECURSIVE);
    storeHas();
  }

  @Test
  void attributesAreSetAndStay() {
    file("file", 3);
    client.createDirectory(path("d"));
    load();
    String owner = store.owners()[0];
    String group = store.owners()[1];
    for (String name : List.of("file", "d")) {
      long id = status(name).getId();
      client.setAttributes(path(name), AttributeChanges.NONE.mode(0700).owner(owner).group(group));
      client.setAttributes(path(name), AttributeChanges.NONE.xattr(XATTR, VALUE));
      assertThat(status(name).getId()).isEqualTo(id);
    }
    client.setAttributes(path("file"), AttributeChanges.NONE.mtimeMillis(1_234_567_000));
    assertThat(status("file").getMtimeMillis()).isEqualTo(1_234_567_000);
    assertThat(load().getUpdated()).as("what was set is what the store has").isZero();
    assertThat(status("file").getMtimeMillis()).isEqualTo(1_234_567_000);
    haveAttributes(owner, group);

    // Survive a change of the contents, too: what the store cannot hold is not taken from it.
    store.append(inStore("file"), 4);
    assertThat(load().getUpdated()).isEqualTo(1);
    assertThat(status("file").getSize()).isEqualTo(7);
    haveAttributes(owner, group);
    storeHas("d d", "file f7");
  }

  private void haveAttributes(String owner, String group) {
    for (String name : List.of("file", "d")) {
      FileStatus status = status(name);
      assertThat(status.getOwner()).isEqualTo(owner);
      assertThat(status.getGroup()).isEqualTo(group);
      assertThat(status.getMode()).isEqualTo(0700);
      hasXattr(name);
      if (store.hasModes()) {
        assertThat(store.attributes(inStore(name))).isEqualTo(owner + ":" + group + " 700");
      }
    }
  }

  /** And they move along. */
  @Test
  void attributesOutliveARename() {
    file("from/file", 3);
    client.setAttributes(path("from"), AttributeChanges.NONE.mode(0711).owner("daemon"));
    client.setAttributes(path("from/file"), AttributeChanges.NONE.mode(0640).owner("bin"));
    client.rename(path("from/file"), path("from/moved"), false);
    client.rename(path("from"), path("to"), false);
    load();
    assertThat(status("to").getMode()).isEqualTo(0711);
    assertThat(status("to").getOwner()).isEqualTo("daemon");
    assertThat(status("to/moved").getMode()).isEqualTo(0640);
    assertThat(status("to/moved").getOwner()).isEqualTo("bin");
    hasXattr("to/moved");
    storeHas("to d", "to/moved f3");
  }

  @Test
  void filesAndEmptyDirectoriesAreDeleted() {
    file("d/file", 1);
    file("d/other", 2);
    assertThat(deleting("d", DeleteOptions.DEFAULT)).isEqualTo(ErrorCode.NOT_EMPTY);
    client.delete(path("d/file"), DeleteOptions.DEFAULT);
    storeHas("d d", "d/other f2");
    // A directory stays when its last entry goes.
    client.delete(path("d/other"), DeleteOptions.DEFAULT);
    storeHas("d d");
    load();
    assertThat(exists("d")).isTrue();

    store.write(inStore("d/stranger"), 3);
    assertThat(deleting("d", DeleteOptions.DEFAULT)).isEqualTo(ErrorCode.NOT_EMPTY);
    store.remove(inStore("d/stranger"));
    client.delete(path("d"), DeleteOptions.DEFAULT);
    storeHas();
    assertThat(exists("d")).isFalse();
  }

  @Test
  void aSubtreeIsDeletedWhole() {
    for (int i = 0; i < 30; i++) {
      file("tree/a" + i % 3 + "/f" + i, i);
    }
    client.createDirectory(path("tree/empty"));
    file("beside", 1);
    client.delete(path("tree"), RECURSIVE);
    storeHas("beside f1");
    assertThat(exists("tree")).isFalse();
    // What is gone already is no reason to refuse.
    file("lacking/a/one", 1);
    file("lacking/b/two", 2);
    store.remove(inStore("lacking/a"));
    client.delete(path("lacking"), RECURSIVE);
    storeHas("beside f1");
  }

  @Test
  void aSubtreeThatDiffersFromTheStoreIsNotDeleted() {
    file("tree/a/one", 1);
    file("tree/b/two", 2);
    store.write(inStore("tree/a/stranger"), 9);
    assertThat(deleting("tree", RECURSIVE)).isEqualTo(ErrorCode.OUT_OF_SYNC);
    store.remove(inStore("tree/a/stranger"));
    store.write(inStore("tree/b/two"), 3);
    assertThat(deleting("tree", RECURSIVE)).isEqualTo(ErrorCode.OUT_OF_SYNC);
    assertThat(deleting("tree/b/two", DeleteOptions.DEFAULT)).isEqualTo(ErrorCode.INODE_CHANGED);
    storeHas("tree d", "tree/a d", "tree/a/one f1", "tree/b d", "tree/b/two f3");
    assertThat(known()).contains("tree/b/two f2");

    load();
    client.delete(path("tree"), RECURSIVE);
    storeHas();
    file("again/file", 1);
    store.write(inStore("again/stranger"), 9);
    client.delete(path("again"), RECURSIVE.withUnchecked(true));
    storeHas();
  }

  @Test
  void whatHasChangedIsNeitherMovedNorReplaced() {
    file("from", 1);
    file("to", 2);
    store.write(inStore("from"), 3);
    assertThat(code(() -> client.rename(path("from"), path("free"), false)))
        .isEqualTo(ErrorCode.INODE_CHANGED);
    assertThat(code(() -> client.rename(path("from"), path("to"), true)))
        .isEqualTo(ErrorCode.INODE_CHANGED);
    storeHas("from f3", "to f2");
    load();
    store.remove(inStore("from"));
    assertThat(code(() -> client.rename(path("from"), path("free"), false)))
        .isEqualTo(ErrorCode.OUT_OF_SYNC);
    assertThat(load().getDeleted()).isEqualTo(1);
  }

  /**
   * A change under way.
   *
   * @param id of the inode that it is about; 0: a new one
   * @param known what is there in the end, that inode first
   */
  private record Change(Operation<Done> operation, long id, List<String> known) {}

  private Change change(Operation<Done> operation, String name, String... known) {
    return new Change(operation, status(name).getId(), List.of(known));
  }

  private List<Change> changes() {
    file("mv/from", 1);
    file("mvdir/from/below", 2);
    client.createDirectory(path("mvdir/other"));
    file("over/from", 3);
    file("over/target", 4);
    file("rm/file", 5);
    file("rmr/tree/a/one", 6);
    file("rmr/tree/b/two", 7);
    file("attr/file", 8);
    List<Change> changes = new ArrayList<>();
    changes.add(
        new Change(
            Operation.createDirectory(path("chain/a/b"), PARENTS),
            0,
            List.of("chain/a/b", "chain/a")));
    changes.add(
        change(Operation.rename(path("mv/from"), path("mv/to"), false), "mv/from", "mv/to"));
    changes.add(
        change(
            Operation.rename(path("mvdir/from"), path("mvdir/other/to"), false),
            "mvdir/from",
            "mvdir/other/to",
            "mvdir/other/to/below"));
    changes.add(
        change(
            Operation.rename(path("over/from"), path("over/target"), true),
            "over/from",
            "over/target"));
    changes.add(change(Operation.delete(path("rm/file"), DeleteOptions.DEFAULT), "rm/file"));
    changes.add(change(Operation.delete(path("rmr/tree"), RECURSIVE), "rmr/tree"));
    // Else it is nothing that the store is asked for.
    if (store.hasModes()) {
      changes.add(
          change(
              Operation.setAttributes(path("attr/file"), AttributeChanges.NONE.mode(0600)),
              "attr/file",
              "attr/file"));
    }
    return changes;
  }

  /** The leader goes after the store has made each change, and before any is journaled. */
  @Test
  void aCallThatIsRepeatedAtTheNextLeaderGetsTheAnswerOfItsOwnEffect() throws Exception {
    List<Change> changes = changes();
    Stops stops = new Stops();
    master.stop();
    master.withFailpoints(stops.at(Failpoints.Point.STORE_CHANGE_DONE)).start();
    List<CompletableFuture<Answer<Done>>> answers = new ArrayList<>();
    changes.forEach(change -> answers.add(client.submit(change.operation())));
    stops.await(answers.size());
    List<String> changed =
        List.of(
            "attr d",
            "attr/file f8",
            "chain d",
            "chain/a d",
            "chain/a/b d",
            "mv d",
            "mv/to f1",
            "mvdir d",
            "mvdir/other d",
            "mvdir/other/to d",
            "mvdir/other/to/below f2",
            "over d",
            "over/target f3",
            "rm d",
            "rmr d");
    assertThat(store.entries(top)).isEqualTo(changed);

    master.withFailpoints(Failpoints.NONE).restart();
    List<Done> done = new ArrayList<>();
    for (CompletableFuture<Answer<Done>> answer : answers) {
      done.add(answer.get(60, TimeUnit.SECONDS).value());
    }
    stops.release();
    assertAll(
        IntStream.range(0, done.size())
            .mapToObj(i -> () -> tookEffect(changes.get(i), done.get(i))));
    assertThat(known()).isEqualTo(changed);
    assertThat(store.entries(top)).as("nothing was changed twice").isEqualTo(changed);
    if (store.hasModes()) {
      assertThat(status("attr/file").getMode()).isEqualTo(0600);
      assertThat(store.attributes(inStore("attr/file"))).endsWith(" 600");
    }
    hasXattr("mv/to");
    hasXattr("mvdir/other/to/below");
  }

  private void tookEffect(Change change, Done done) {
    assertThat(done.getRepeated()).as("%s", change.operation()).isTrue();
    if (change.id() != 0) {
      assertThat(done.getInodeId()).isEqualTo(change.id());
    }
    for (String name : change.known()) {
      assertThat(exists(name)).as(name).isTrue();
    }
    if (!change.known().isEmpty()) {
      assertThat(status(change.known().get(0)).getId()).isEqualTo(done.getInodeId());
    }
  }
}
