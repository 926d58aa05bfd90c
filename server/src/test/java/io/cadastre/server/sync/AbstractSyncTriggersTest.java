package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cadastre.client.AttributeChanges;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.server.testing.TestMaster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What each trigger of a sync shows of a store that another program has changed: nothing, what is
 * new, or all of it; and what changes through the cluster are decided on. For every store; a
 * subclass says which. Each test has a directory of its own, which is known, and then changed in
 * every way at once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class AbstractSyncTriggersTest {
  /** What is there before, and what a trigger leaves that looks at nothing. */
  private static final List<String> BEFORE =
      List.of(
          "back d",
          "back/inner f1",
          "gone f1",
          "grow f1",
          "keep f1",
          "mode f1 640",
          "old d",
          "old/inner f1",
          "owner f1 A",
          "sub d",
          "sub/deep f1",
          "there f1");

  /** What is new in the directory itself is loaded; what is known stays as it was. */
  private static final List<String> NEW_CHILDREN = with(BEFORE, "born f1", "new d");

  /** What is new anywhere below is loaded; what is known stays as it was. */
  private static final List<String> NEW_BELOW =
      with(BEFORE, "born f1", "new d", "new/inner f1", "sub/late f1");

  /** The directory's children as they are now; what is below them as it was. */
  private static final List<String> CHILDREN =
      List.of(
          "back f2",
          "born f1",
          "grow f5",
          "keep f1",
          "mode f1 600",
          "new d",
          "owner f1 B",
          "sub d",
          "sub/deep f1",
          "there d");

  /** Everything as it is now. */
  private static final List<String> NOW =
      List.of(
          "back f2",
          "born f1",
          "grow f5",
          "keep f1",
          "mode f1 600",
          "new d",
          "new/inner f1",
          "owner f1 B",
          "sub d",
          "sub/deep f5",
          "sub/late f1",
          "there d",
          "there/inner f1");

  private static final String INTERVAL = "cadastre.user.file.metadata.sync.interval";
  private static final String SCHEDULE = "cadastre.user.file.metadata.sync.schedule";

  /** Shows what is known and asks for nothing. */
  private static final ReadOptions KNOWN =
      ReadOptions.DEFAULT.withLoadType(LoadType.NEVER).withSyncIntervalMillis(-1);

  private static final ReadOptions AT_ONCE = ReadOptions.DEFAULT.withSyncIntervalMillis(0);
  private static final ReadOptions AN_HOUR = ReadOptions.DEFAULT.withSyncIntervalMillis(3_600_000);
  private static final ReadOptions ALWAYS = ReadOptions.DEFAULT.withLoadType(LoadType.ALWAYS);
  private static final DirectoryOptions PARENTS = DirectoryOptions.DEFAULT.withParents(true);
  private static final DeleteOptions RECURSIVE = DeleteOptions.DEFAULT.withRecursive(true);

  private StoreFixture store;
  private TestMaster master;
  private MetadataClient client;
  private String top;
  private String path;

  /** The store to try; asked once, and closed at the end. */
  protected abstract StoreFixture open(Path directory);

  private static List<String> with(List<String> entries, String... more) {
    List<String> all = new ArrayList<>(entries);
    all.addAll(List.of(more));
    all.sort(null);
    return List.copyOf(all);
  }

  private static List<String> without(List<String> entries, String... less) {
    List<String> rest = new ArrayList<>(entries);
    assertThat(rest.removeAll(List.of(less))).isTrue();
    return List.copyOf(rest);
  }

  @BeforeAll
  void start(@TempDir Path directory) {
    store = open(directory.resolve("store"));
    master = TestMaster.in(directory.resolve("master")).start();
    client = master.client();
    client.mount(
        "/m", store.uri(), MountOptions.DEFAULT.withWritable(true).withProperties(store.options()));
  }

  @AfterAll
  void stop() {
    master.close();
    store.close();
  }

  /** Makes the tree, lets the cluster know it, and changes it. */
  @BeforeEach
  void change(TestInfo test) {
    top = test.getTestMethod().orElseThrow().getName() + "/";
    path = "/m/" + top.substring(0, top.length() - 1);
    for (String file :
        List.of(
            "back/inner",
            "gone",
            "grow",
            "keep",
            "mode",
            "old/inner",
            "owner",
            "sub/deep",
            "there")) {
      store.write(top + file, 1);
    }
    if (store.hasModes()) {
      store.chmod(top + "mode", 0640);
    }
    if (store.mayChangeOwners()) {
      store.chown(top + "owner", store.owners()[0], store.owners()[0]);
    }
    list(path, true, AT_ONCE);
    assertThat(known()).isEqualTo(expected(BEFORE));
    store.write(top + "born", 1);
    store.remove(top + "gone");
    store.append(top + "grow", 4);
    store.append(top + "sub/deep", 4);
    store.write(top + "sub/late", 1);
    if (store.hasModes()) {
      store.chmod(top + "mode", 0600);
    }
    if (store.mayChangeOwners()) {
      store.chown(top + "owner", store.owners()[1], store.owners()[1]);
    }
    store.remove(top + "there");
    store.write(top + "there/inner", 1);
    store.remove(top + "back");
    store.write(top + "back", 2);
    store.move(top + "old", top + "new");
  }

  /** What a store without modes or owners cannot show is left out of what is expected. */
  private List<String> expected(List<String> entries) {
    UnaryOperator<String> mode =
        text -> store.hasModes() ? text : text.replaceAll("^(mode f1) .*", "$1");
    UnaryOperator<String> owner =
        text -> store.mayChangeOwners() ? text : text.replaceAll("^(owner f1) .*", "$1");
    return entries.stream().map(mode).map(owner).toList();
  }

  private String text(String full, FileStatus entry) {
    String name = full.substring(path.length() + 1);
    String text =
        entry.getKind() == InodeKind.DIRECTORY ? name + " d" : name + " f" + entry.getSize();
    if (name.equals("mode") && store.hasModes()) {
      text += " " + Integer.toOctalString(entry.getMode());
    }
    if (name.equals("owner") && store.mayChangeOwners()) {
      text += entry.getOwner().equals(store.owners()[0]) ? " A" : " B";
    }
    return text;
  }

  private List<String> list(String directory, boolean recursive, ReadOptions options) {
    List<String> entries = new ArrayList<>();
    try (ListStream pages =
        client.list(directory, ListOptions.DEFAULT.withRecursive(recursive).withRead(options))) {
      pages.forEachRemaining(
          page ->
              page.entries()
                  .forEach(
                      entry ->
                          entries.add(
                              text(
                                  recursive ? entry.getPath() : directory + "/" + entry.getName(),
                                  entry))));
    }
    entries.sort(null);
    return entries;
  }

  /** All that is known of the directory by now. */
  private List<String> known() {
    return list(path, true, KNOWN);
  }

  /** What the trigger has shown, all of it and no more. */
  private void isKnown(List<String> entries) {
    List<String> known = known();
    assertThat(known).isEqualTo(expected(entries));
    if (Boolean.getBoolean("cadastre.proof.triggers")) {
      System.out.println("FIGURE " + SeenChanges.row(store, top, known));
    }
  }

  /** The entries of the directory itself. */
  private static List<String> direct(List<String> entries) {
    return entries.stream().filter(entry -> !entry.contains("/")).toList();
  }

  private boolean exists(String name, ReadOptions options) {
    return client.exists(path + "/" + name, options).value();
  }

  private String stat(String name, ReadOptions options) {
    String full = path + "/" + name;
    return text(full, client.getStatus(full, options).value());
  }

  private void load(boolean recursive, boolean force) {
    client.loadMetadata(
        path,
        LoadOptions.DEFAULT.withRecursive(recursive).withForce(force),
        progress -> assertThat(progress.getFailed()).isZero());
  }

  /** However it began, a sync of everything ends with what is there. */
  private void inTheEndAllIsSeen() {
    assertThat(list(path, true, AT_ONCE)).isEqualTo(expected(NOW));
    assertThat(known()).isEqualTo(expected(NOW));
  }

  @Test
  void withoutAnIntervalNothingIsSeenThatIsKnownOrListed() {
    assertThat(list(path, false, ReadOptions.DEFAULT)).isEqualTo(direct(expected(BEFORE)));
    assertThat(list(path, true, ReadOptions.DEFAULT)).isEqualTo(expected(BEFORE));
    for (String entry : expected(BEFORE)) {
      assertThat(stat(entry.substring(0, entry.indexOf(' ')), ReadOptions.DEFAULT))
          .isEqualTo(entry);
    }
    isKnown(BEFORE);
    inTheEndAllIsSeen();
  }

  @Test
  void withoutAnIntervalAStatFindsWhatIsNotKnown() {
    assertThat(stat("born", ReadOptions.DEFAULT)).isEqualTo("born f1");
    assertThat(stat("new/inner", ReadOptions.DEFAULT)).isEqualTo("new/inner f1");
    assertThat(exists("there/inner", ReadOptions.DEFAULT)).isFalse();
    isKnown(with(BEFORE, "born f1", "new d", "new/inner f1"));
    inTheEndAllIsSeen();
  }

  @Test
  void withoutAnIntervalADirectoryThatIsNewIsLoadedOnce() {
    assertThat(list(path + "/new", false, ReadOptions.DEFAULT)).containsExactly("new/inner f1");
    store.write(top + "new/second", 1);
    assertThat(list(path + "/new", false, ReadOptions.DEFAULT)).containsExactly("new/inner f1");
    assertThat(list(path, true, ReadOptions.DEFAULT))
        .isEqualTo(expected(with(BEFORE, "new d", "new/inner f1")));
    store.remove(top + "new/second");
    inTheEndAllIsSeen();
  }

  @Test
  void withoutAnIntervalADirectoryThatWasSeenIsLoadedWhenItIsListed() {
    assertThat(list(path, false, AT_ONCE)).contains("new d");
    assertThat(list(path + "/new", false, ReadOptions.DEFAULT)).containsExactly("new/inner f1");
    assertThat(list(path + "/there", false, ReadOptions.DEFAULT)).containsExactly("there/inner f1");
    isKnown(with(CHILDREN, "new/inner f1", "there/inner f1"));
  }

  @Test
  void atIntervalZeroAStatSeesThePathAndNothingElse() {
    assertThat(stat("grow", AT_ONCE)).isEqualTo("grow f5");
    assertThat(exists("gone", AT_ONCE)).isFalse();
    List<String> seen = new ArrayList<>(BEFORE);
    seen.remove("gone f1");
    seen.replaceAll(entry -> entry.equals("grow f1") ? "grow f5" : entry);
    assertThat(known()).isEqualTo(expected(seen));
    for (String entry : expected(NOW)) {
      assertThat(stat(entry.substring(0, entry.indexOf(' ')), AT_ONCE)).isEqualTo(entry);
    }
    assertThat(exists("old", AT_ONCE)).isFalse();
    assertThat(exists("back/inner", AT_ONCE)).isFalse();
    isKnown(NOW);
  }

  @Test
  void atIntervalZeroAListSeesTheChildren() {
    assertThat(list(path, false, AT_ONCE)).isEqualTo(direct(expected(CHILDREN)));
    isKnown(CHILDREN);
    inTheEndAllIsSeen();
  }

  @Test
  void atIntervalZeroARecursiveListSeesAll() {
    assertThat(list(path, true, AT_ONCE)).isEqualTo(expected(NOW));
    isKnown(NOW);
  }

  @Test
  void withinTheIntervalNothingIsSeen() {
    assertThat(list(path, false, AN_HOUR)).isEqualTo(direct(expected(BEFORE)));
    assertThat(list(path, true, AN_HOUR)).isEqualTo(expected(BEFORE));
    for (String entry : expected(BEFORE)) {
      assertThat(stat(entry.substring(0, entry.indexOf(' ')), AN_HOUR)).isEqualTo(entry);
    }
    assertThat(exists("born", AN_HOUR)).isFalse();
    isKnown(BEFORE);
    inTheEndAllIsSeen();
  }

  /** An interval that is over by now. */
  private static ReadOptions expired() {
    letPass();
    return ReadOptions.DEFAULT.withSyncIntervalMillis(2);
  }

  /** More than 2 ms. */
  private static void letPass() {
    long begin = System.nanoTime();
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .until(() -> System.nanoTime() - begin > 5_000_000);
  }

  @Test
  void afterTheIntervalAStatSeesThePath() {
    ReadOptions options = expired();
    assertThat(stat("grow", options)).isEqualTo("grow f5");
    assertThat(exists("gone", options)).isFalse();
    assertThat(stat("born", options)).isEqualTo("born f1");
    List<String> seen = new ArrayList<>(with(BEFORE, "born f1"));
    seen.remove("gone f1");
    seen.replaceAll(entry -> entry.equals("grow f1") ? "grow f5" : entry);
    isKnown(seen);
    inTheEndAllIsSeen();
  }

  @Test
  void afterTheIntervalAListSeesTheChildren() {
    assertThat(list(path, false, expired())).isEqualTo(direct(expected(CHILDREN)));
    isKnown(CHILDREN);
    inTheEndAllIsSeen();
  }

  @Test
  void afterTheIntervalARecursiveListSeesAll() {
    assertThat(list(path, true, expired())).isEqualTo(expected(NOW));
    isKnown(NOW);
  }

  @Test
  void loadTypeNeverSeesNothing() {
    ReadOptions never = ReadOptions.DEFAULT.withLoadType(LoadType.NEVER);
    assertThat(exists("born", never)).isFalse();
    assertThat(list(path, false, never)).isEqualTo(direct(expected(BEFORE)));
    assertThat(list(path, true, never)).isEqualTo(expected(BEFORE));
    isKnown(BEFORE);
    inTheEndAllIsSeen();
  }

  @Test
  void loadTypeAlwaysInAStatSeesWhatIsMissing() {
    assertThat(stat("grow", ALWAYS)).isEqualTo("grow f1");
    assertThat(exists("gone", ALWAYS)).isTrue();
    assertThat(exists("born", ALWAYS)).isTrue();
    isKnown(with(BEFORE, "born f1"));
    inTheEndAllIsSeen();
  }

  @Test
  void loadTypeAlwaysInAListSeesTheChildrenThatAreMissing() {
    assertThat(list(path, false, ALWAYS)).isEqualTo(direct(expected(NEW_CHILDREN)));
    isKnown(NEW_CHILDREN);
    inTheEndAllIsSeen();
  }

  @Test
  void loadTypeAlwaysInARecursiveListSeesAllThatIsMissing() {
    assertThat(list(path, true, ALWAYS)).isEqualTo(expected(NEW_BELOW));
    isKnown(NEW_BELOW);
    inTheEndAllIsSeen();
  }

  @Test
  void loadMetadataSeesTheChildrenThatAreMissing() {
    load(false, false);
    isKnown(NEW_CHILDREN);
    inTheEndAllIsSeen();
  }

  @Test
  void loadMetadataWithForceSeesTheChildren() {
    load(false, true);
    isKnown(CHILDREN);
    inTheEndAllIsSeen();
  }

  @Test
  void loadMetadataOfASubtreeSeesAllThatIsMissing() {
    load(true, false);
    isKnown(NEW_BELOW);
    inTheEndAllIsSeen();
  }

  @Test
  void loadMetadataOfASubtreeWithForceSeesAll() {
    load(true, true);
    isKnown(NOW);
  }

  @Test
  void aLoadInTheBackgroundSeesAll() {
    long task =
        client
            .startLoad(path, LoadOptions.DEFAULT.withRecursive(true).withForce(true))
            .value()
            .getTaskId();
    Awaitility.await()
        .until(() -> client.listTasks(task, 0).value().getTasks(0).getState().equals("DONE"));
    isKnown(NOW);
  }

  @Test
  void aScheduleSeesAllThoughNobodyReads() {
    client.setPolicy(path, Map.of(SCHEDULE, "1s"));
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> known().equals(expected(NOW)));
    client.unsetPolicy(path, List.of(SCHEDULE));
    isKnown(NOW);
  }

  @Test
  void aPolicyOfIntervalZeroSeesTheChildren() {
    client.setPolicy(path, Map.of(INTERVAL, "0"));
    assertThat(list(path, false, ReadOptions.DEFAULT)).isEqualTo(direct(expected(CHILDREN)));
    isKnown(CHILDREN);
    client.unsetPolicy(path, List.of(INTERVAL));
    inTheEndAllIsSeen();
  }

  private void setInterval(String interval) {
    client.setPolicy(path, Map.of(INTERVAL, interval));
  }

  private static ErrorCode code(ThrowingCallable call) {
    MetadataException failure = catchThrowableOfType(MetadataException.class, call);
    assertThat(failure).as("a refusal").isNotNull();
    return failure.code();
  }

  private ErrorCode creatingFile(String name) {
    return code(() -> client.createFile(path + "/" + name));
  }

  private ErrorCode makingDirectory(String name, DirectoryOptions options) {
    return code(() -> client.createDirectory(path + "/" + name, options));
  }

  private ErrorCode renaming(String source, String destination) {
    return code(() -> rename(source, destination, false));
  }

  private void rename(String source, String destination, boolean overwrite) {
    client.rename(path + "/" + source, path + "/" + destination, overwrite);
  }

  private ErrorCode deleting(String name, DeleteOptions options) {
    return code(() -> client.delete(path + "/" + name, options));
  }

  private void setMode(String name, int mode) {
    client.setAttributes(path + "/" + name, AttributeChanges.NONE.mode(mode));
  }

  private FileStatus known(String name) {
    return client.getStatus(path + "/" + name, KNOWN).value();
  }

  /** What the change has seen, and done; and then what a sync of everything finds. */
  private void isKnownAndThen(List<String> known, List<String> inTheEnd) {
    assertThat(known()).isEqualTo(expected(known));
    assertThat(list(path, true, AT_ONCE)).isEqualTo(expected(inTheEnd));
  }

  @Test
  void atIntervalZeroACreateSeesTheDirectoryAbove() {
    setInterval("0");
    assertThat(creatingFile("old/x")).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(makingDirectory("old/x", DirectoryOptions.DEFAULT)).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(creatingFile("back/x")).isEqualTo(ErrorCode.NOT_A_DIRECTORY);
    client.createFile(path + "/new/x");
    client.createDirectory(path + "/there/made");
    isKnownAndThen(
        with(
            without(BEFORE, "old d", "old/inner f1", "back d", "back/inner f1", "there f1"),
            "back f2",
            "new d",
            "new/x f0",
            "there d",
            "there/made d"),
        with(NOW, "new/x f0", "there/made d"));
  }

  @Test
  void atIntervalZeroACreateSeesWhatIsThere() {
    setInterval("0");
    assertThat(makingDirectory("born", DirectoryOptions.DEFAULT))
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(makingDirectory("born", PARENTS)).isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(creatingFile("new")).isEqualTo(ErrorCode.ALREADY_EXISTS);
    Done there = client.createDirectory(path + "/there", PARENTS).value();
    assertThat(there.getChanged()).isFalse();
    assertThat(there.getInodeId()).isEqualTo(known("there").getId());
    long gone = known("gone").getId();
    Done made = client.createDirectory(path + "/gone").value();
    assertThat(made.getChanged()).isTrue();
    assertThat(made.getInodeId()).isNotEqualTo(gone);
    isKnownAndThen(
        with(without(BEFORE, "gone f1", "there f1"), "born f1", "gone d", "new d", "there d"),
        with(NOW, "gone d"));
  }

  @Test
  void atIntervalZeroACreateMakesTheDirectoryAboveThatIsGone() {
    setInterval("0");
    client.createFile(path + "/old/x", FileOptions.DEFAULT.withParents(true));
    isKnownAndThen(
        with(without(BEFORE, "old/inner f1"), "old/x f0"), with(NOW, "old d", "old/x f0"));
  }

  @Test
  void atIntervalZeroARenameSeesBothNames() {
    setInterval("0");
    assertThat(renaming("gone", "x")).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(renaming("old", "x")).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(renaming("keep", "old/x")).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(renaming("keep", "back/x")).isEqualTo(ErrorCode.NOT_A_DIRECTORY);
    assertThat(renaming("keep", "born")).isEqualTo(ErrorCode.ALREADY_EXISTS);
    long grow = known("grow").getId();
    rename("grow", "born", true);
    assertThat(known("born").getId()).isEqualTo(grow);
    rename("there", "new/there", false);
    isKnownAndThen(
        with(
            without(
                BEFORE,
                "back d",
                "back/inner f1",
                "gone f1",
                "grow f1",
                "old d",
                "old/inner f1",
                "there f1"),
            "back f2",
            "born f5",
            "new d",
            "new/there d"),
        with(
            without(NOW, "born f1", "grow f5", "there d", "there/inner f1"),
            "born f5",
            "new/there d",
            "new/there/inner f1"));
  }

  @Test
  void atIntervalZeroADeleteSeesWhatItDeletesAndNothingBelow() {
    setInterval("0");
    assertThat(deleting("gone", DeleteOptions.DEFAULT)).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(deleting("old", RECURSIVE)).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(deleting("there", DeleteOptions.DEFAULT)).isEqualTo(ErrorCode.NOT_EMPTY);
    assertThat(deleting("there", RECURSIVE)).isEqualTo(ErrorCode.OUT_OF_SYNC);
    assertThat(deleting("sub", RECURSIVE)).isEqualTo(ErrorCode.OUT_OF_SYNC);
    client.delete(path + "/grow", DeleteOptions.DEFAULT);
    client.delete(path + "/back", DeleteOptions.DEFAULT);
    client.delete(path + "/born", DeleteOptions.DEFAULT);
    isKnownAndThen(
        with(
            without(
                BEFORE,
                "back d",
                "back/inner f1",
                "gone f1",
                "grow f1",
                "old d",
                "old/inner f1",
                "there f1"),
            "there d"),
        without(NOW, "back f2", "born f1", "grow f5"));
  }

  @Test
  void atIntervalZeroAttributesAreSetOnWhatIsThere() {
    setInterval("0");
    assertThat(code(() -> setMode("gone", 0600))).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(code(() -> setMode("old/inner", 0600))).isEqualTo(ErrorCode.NOT_FOUND);
    setMode("grow", 0600);
    setMode("back", 0600);
    setMode("there", 0700);
    setMode("born", 0600);
    isKnownAndThen(
        with(
            without(
                BEFORE,
                "back d",
                "back/inner f1",
                "gone f1",
                "grow f1",
                "old d",
                "old/inner f1",
                "there f1"),
            "back f2",
            "born f1",
            "grow f5",
            "there d"),
        NOW);
    for (String name : List.of("grow", "back", "born")) {
      assertThat(known(name).getMode()).as(name).isEqualTo(0600);
    }
    assertThat(known("there").getMode()).isEqualTo(0700);
  }

  @Test
  void withinTheIntervalChangesAreDecidedOnWhatIsKnown() {
    setInterval("1h");
    changesMeetTheStore();
    isKnown(BEFORE);
    inTheEndAllIsSeen();
  }

  @Test
  void withoutAnIntervalChangesLookForWhatIsNotKnown() {
    changesMeetTheStore();
    isKnown(with(BEFORE, "born f1"));
    inTheEndAllIsSeen();
  }

  /** The store refuses what is no longer as it is known. */
  private void changesMeetTheStore() {
    assertThat(makingDirectory("born", DirectoryOptions.DEFAULT))
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(makingDirectory("old/x", DirectoryOptions.DEFAULT)).isEqualTo(ErrorCode.OUT_OF_SYNC);
    assertThat(renaming("gone", "x")).isEqualTo(ErrorCode.OUT_OF_SYNC);
    assertThat(renaming("grow", "x")).isEqualTo(ErrorCode.INODE_CHANGED);
    assertThat(deleting("grow", DeleteOptions.DEFAULT)).isEqualTo(ErrorCode.INODE_CHANGED);
    if (store.hasModes()) {
      assertThat(code(() -> setMode("gone", 0600))).isEqualTo(ErrorCode.OUT_OF_SYNC);
    }
  }

  @Test
  void afterTheIntervalChangesAreDecidedOnWhatIsThere() {
    setInterval("2ms");
    letPass();
    assertThat(makingDirectory("born", DirectoryOptions.DEFAULT))
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(makingDirectory("old/x", DirectoryOptions.DEFAULT)).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(renaming("gone", "x")).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(code(() -> setMode("gone", 0600))).isEqualTo(ErrorCode.NOT_FOUND);
    rename("grow", "x", false);
    client.delete(path + "/x", DeleteOptions.DEFAULT);
    isKnownAndThen(
        with(without(BEFORE, "gone f1", "grow f1", "old d", "old/inner f1"), "born f1"),
        without(NOW, "grow f5"));
  }

  /** Files, directories with the counted one, bytes. */
  private void counts(ReadOptions options, long files, long directories, long bytes) {
    CountResult count = client.count(path, options).value();
    assertThat(List.of(count.getFiles(), count.getDirectories(), count.getBytes()))
        .containsExactly(files, directories, bytes);
  }

  @Test
  void withoutAnIntervalACountSeesNothing() {
    counts(ReadOptions.DEFAULT, 9, 4, 9);
    isKnown(BEFORE);
    inTheEndAllIsSeen();
  }

  @Test
  void atIntervalZeroACountSeesAll() {
    setInterval("0");
    counts(ReadOptions.DEFAULT, 10, 4, 19);
    isKnown(NOW);
  }

  @Test
  void withinTheIntervalACountSeesNothing() {
    counts(AN_HOUR, 9, 4, 9);
    isKnown(BEFORE);
    inTheEndAllIsSeen();
  }

  @Test
  void afterTheIntervalACountSeesAll() {
    counts(expired(), 10, 4, 19);
    isKnown(NOW);
  }

  @Test
  void loadTypeAlwaysInACountSeesAllThatIsMissing() {
    counts(ALWAYS, 12, 5, 12);
    isKnown(NEW_BELOW);
    inTheEndAllIsSeen();
  }

  @Test
  void aDryRunSeesNothing() {
    client.loadMetadata(
        path,
        LoadOptions.DEFAULT.withRecursive(true).withForce(true).withDryRun(true),
        progress -> assertThat(progress.getFailed()).isZero());
    isKnown(BEFORE);
    inTheEndAllIsSeen();
  }

  @Test
  void whatIsAsItWasKeepsItsId() {
    long keep = client.getStatus(path + "/keep", KNOWN).value().getId();
    long grow = client.getStatus(path + "/grow", KNOWN).value().getId();
    long there = client.getStatus(path + "/there", KNOWN).value().getId();
    list(path, true, AT_ONCE);
    assertThat(client.getStatus(path + "/keep", KNOWN).value().getId()).isEqualTo(keep);
    assertThat(client.getStatus(path + "/grow", KNOWN).value().getId()).isEqualTo(grow);
    assertThat(client.getStatus(path + "/there", KNOWN).value().getId()).isNotEqualTo(there);
  }
}
