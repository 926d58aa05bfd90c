package io.cadastre.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cadastre.cli.CliRunner.Result;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.CountResult;
import io.cadastre.core.api.proto.EffectiveProperties;
import io.cadastre.core.api.proto.EffectiveProperty;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.ListPage;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.api.proto.MountEntry;
import io.cadastre.core.api.proto.MountOption;
import io.cadastre.core.api.proto.MountTable;
import io.cadastre.core.api.proto.PathPolicy;
import io.cadastre.core.api.proto.Policies;
import io.cadastre.core.api.proto.Property;
import io.cadastre.core.api.proto.SetAttributes;
import io.cadastre.core.api.proto.SyncFailure;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.inode.proto.Xattr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands send to a master, and how they show its answers. */
final class ClusterCommandsTest {
  private static final long MILLIS = 1_795_266_187_250L;

  @TempDir private Path home;
  private FakeMaster master;
  private CliRunner cli;

  @BeforeEach
  void prepare() throws IOException {
    master = FakeMaster.leader();
    cli = new CliRunner(home).variable("CADASTRE_MASTERS", master.address());
  }

  @AfterEach
  void close() throws InterruptedException {
    master.close();
  }

  private static FileStatus file(String name, long size) {
    return FileStatus.newBuilder()
        .setId(8)
        .setName(name)
        .setKind(InodeKind.FILE)
        .setOwner("bob")
        .setGroup("g")
        .setMode(0640)
        .setSize(size)
        .setMtimeMillis(MILLIS)
        .setChangeIndex(99)
        .build();
  }

  private static FileStatus directory(String name) {
    return file(name, 0).toBuilder()
        .setKind(InodeKind.DIRECTORY)
        .setMode(0755)
        .setChildCount(2)
        .build();
  }

  private void answer(CallResponse.Builder response) {
    master.answer = call -> response;
  }

  private static CallResponse.Builder status(FileStatus status) {
    return CallResponse.newBuilder().setStatus(status);
  }

  // ---- Listings

  @Test
  void listsPageByPage() {
    master.pages.add(ListPage.newBuilder().addEntries(directory("d")).build());
    master.pages.add(ListPage.newBuilder().addEntries(file("f", 7)).setLast(true).build());

    Result result = cli.run("fs", "ls", "/a", "--sync-interval", "0", "--load-type", "always");

    assertThat(result.err()).isEmpty();
    assertThat(result.lines())
        .containsExactly(
            "drwxr-xr-x   2 bob g 0 2026-11-21 22:03 /a/d",
            "-rw-r-----   - bob g 7 2026-11-21 22:03 /a/f");
    var request = master.lists.remove();
    assertThat(request.getPath()).isEqualTo("/a");
    assertThat(request.getSync().getIntervalMillis()).isZero();
    assertThat(request.getSync().hasIntervalMillis()).isTrue();
    assertThat(request.getSync().getLoadType()).isEqualTo(LoadType.ALWAYS);
    assertThat(request.getCaller().getUser()).isEqualTo("tester");
  }

  @Test
  void aFileListsAsItself() {
    master.pages.add(ListPage.newBuilder().addEntries(file("f", 7)).setLast(true).build());
    answer(status(file("f", 7)));

    assertThat(cli.run("fs", "ls", "/a/f").out()).endsWith(" /a/f\n");
    assertThat(cli.run("fs", "ls", "-l", "/a/f").out()).endsWith(" /a/f\n");

    answer(status(directory("f")));
    assertThat(cli.run("fs", "ls", "/a/f").out()).endsWith(" /a/f/f\n");
  }

  @Test
  void anOverriddenKeyIsTheCallsOwnValue() {
    master.pages.add(ListPage.newBuilder().setLast(true).build());

    cli.run("fs", "ls", "/", "-Dcadastre.user.file.metadata.sync.interval=10s");
    assertThat(master.lists.remove().getSync().getIntervalMillis()).isEqualTo(10_000);
    cli.run("fs", "ls", "/");
    assertThat(master.lists.remove().getSync().hasIntervalMillis()).isFalse();
  }

  @Test
  void findFilters() {
    master.pages.add(
        ListPage.newBuilder()
            .addEntries(directory("logs").toBuilder().setPath("/a/logs"))
            .addEntries(file("b.log", 2_000).toBuilder().setPath("/a/logs/b.log"))
            .addEntries(file("c.log", 10).toBuilder().setPath("/a/logs/c.log"))
            .addEntries(file("b.txt", 9_000).toBuilder().setPath("/a/logs/b.txt"))
            .setLast(true)
            .build());

    Result result = cli.run("fs", "find", "/a", "--name", "*.log", "--type", "f", "--larger", "1K");

    assertThat(result.out()).isEqualTo("/a/logs/b.log\n");
    assertThat(master.lists.remove().getRecursive()).isTrue();
    // The fake's times are in the far past or future; nothing is newer than a time to come.
    assertThat(cli.run("fs", "find", "/a", "--type", "d").out()).isEqualTo("/a/logs\n");
  }

  @Test
  void duAddsUpDirectories() {
    master.pages.add(
        ListPage.newBuilder()
            .addEntries(directory("d"))
            .addEntries(file("f", 7))
            .setLast(true)
            .build());
    answer(CallResponse.newBuilder().setCount(CountResult.newBuilder().setBytes(1_536)));

    assertThat(cli.run("fs", "du", "-h", "/a").lines())
        .containsExactly("1.5 K          /a/d", "7              /a/f");
    assertThat(cli.run("fs", "du", "-s", "/a").lines()).containsExactly("1536           /a");
    assertThat(cli.run("fs", "count", "/a").out())
        .isEqualTo("           0            0               1536 /a\n");
  }

  @Test
  void duLeavesOutWhatHasGoneSinceItWasListed() {
    master.pages.add(
        ListPage.newBuilder()
            .addEntries(directory("d"))
            .addEntries(directory("gone"))
            .setLast(true)
            .build());
    master.answer =
        call ->
            call.getCount().getPath().equals("/a/gone")
                ? FakeMaster.error(ErrorCode.NOT_FOUND, "No such file or directory: /a/gone")
                : CallResponse.newBuilder().setCount(CountResult.newBuilder().setBytes(5));

    Result result = cli.run("fs", "du", "/a");

    assertThat(result).isEqualTo(new Result(0, "5              /a/d\n", ""));
  }

  @Test
  void anAnswerThatMayBeStaleIsSaidOnce() {
    master.staleReason = "the store\u001b hangs";
    String warning = "Warning: this may be older than the store: the store? hangs\n";
    master.pages.add(
        ListPage.newBuilder()
            .addEntries(directory("d"))
            .addEntries(directory("e"))
            .setLast(true)
            .build());
    answer(CallResponse.newBuilder().setCount(CountResult.newBuilder().setBytes(5)));
    assertThat(cli.run("fs", "du", "--allow-stale", "/a").err()).isEqualTo(warning);
    assertThat(cli.run("fs", "du", "-s", "--allow-stale", "/a").err()).isEqualTo(warning);

    answer(status(file("f", 1)));
    assertThat(cli.run("fs", "test", "-f", "--allow-stale", "/f"))
        .isEqualTo(new Result(0, "", warning));
  }

  // ---- Changes

  @Test
  void mkdirSendsItsOptions() {
    Result result = cli.run("fs", "mkdir", "-p", "--mode", "750", "/a/b/");

    assertThat(result).isEqualTo(new Result(0, "", ""));
    var request = master.onlyCall().getCreateDirectory();
    assertThat(request.getPath()).isEqualTo("/a/b");
    assertThat(request.getParents()).isTrue();
    assertThat(request.getMode()).isEqualTo(0750);
  }

  @Test
  void symbolicChmodIsConditionalOnWhatItSaw() {
    master.answer = call -> call.hasGetStatus() ? status(file("f", 1)) : FakeMaster.done();

    assertThat(cli.run("fs", "chmod", "g+w,o=r", "/f").exit()).isZero();

    SetAttributes change =
        master.calls.stream()
            .filter(CallRequest::hasSetAttributes)
            .findFirst()
            .orElseThrow()
            .getSetAttributes();
    assertThat(change.getMode()).isEqualTo(0664);
    assertThat(change.getIfChangeIndex()).isEqualTo(99);
  }

  @Test
  void chownSetsOwnerGroupOrBoth() {
    cli.run("fs", "chown", "alice:staff", "/f");
    SetAttributes both = master.calls.remove().getSetAttributes();
    assertThat(both.getOwner()).isEqualTo("alice");
    assertThat(both.getGroup()).isEqualTo("staff");
    cli.run("fs", "chown", ":staff", "/f");
    assertThat(master.calls.remove().getSetAttributes().hasOwner()).isFalse();
  }

  @Test
  void touchOfWhatIsThereSetsTheTime() {
    master.answer =
        call ->
            call.hasCreateFile()
                ? FakeMaster.error(ErrorCode.ALREADY_EXISTS, "there")
                : FakeMaster.done();

    Result result = cli.run("fs", "touch", "/f", "--json");

    assertThat(result.out()).isEqualTo("{\"path\":\"/f\",\"created\":false}\n");
    assertThat(master.calls.stream().anyMatch(call -> call.getSetAttributes().hasMtimeMillis()))
        .isTrue();
  }

  @Test
  void rmOfManyEntriesNeedsConsent() {
    master.answer =
        call ->
            call.hasCount()
                ? CallResponse.newBuilder()
                    .setCount(CountResult.newBuilder().setFiles(1_000).setDirectories(1))
                : call.hasGetStatus() ? status(directory("a")) : FakeMaster.done();

    Result refused = cli.run("fs", "rm", "-R", "/a");
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err())
        .contains("/a has 1,000 files and 1 directories")
        .contains("Pass --yes");
    assertThat(master.calls.stream().anyMatch(CallRequest::hasDelete)).isFalse();

    Result declined = cli.typing("no\n").run("fs", "rm", "-R", "/a");
    assertThat(declined.exit()).isEqualTo(9);
    assertThat(master.calls.stream().anyMatch(CallRequest::hasDelete)).isFalse();

    master.calls.clear();
    assertThat(cli.typing("yes\n").run("fs", "rm", "-R", "/a").exit()).isZero();
    CallRequest asked =
        master.calls.stream().filter(CallRequest::hasDelete).findFirst().orElseThrow();
    // What the user agreed to delete, not what may have come to that path meanwhile.
    assertThat(asked.getDelete().getInodeId()).isEqualTo(8);

    master.calls.clear();
    assertThat(cli.run("fs", "rm", "-R", "--yes", "--unchecked", "/a").exit()).isZero();
    assertThat(master.onlyCall().getDelete().getUnchecked()).isTrue();
    assertThat(master.onlyCall().getDelete().getInodeId()).isZero();
  }

  private static boolean deletes(FakeMaster asked) {
    return asked.calls.stream().anyMatch(CallRequest::hasDelete);
  }

  /** What its store holds nobody has counted. */
  @Test
  void rmUncheckedOnAMountAlwaysNeedsConsent() {
    master.answer =
        call ->
            call.hasCount()
                ? CallResponse.newBuilder()
                    .setCount(CountResult.newBuilder().setFiles(2).setDirectories(1))
                : call.hasGetStatus()
                    ? status(directory("a").toBuilder().setStoreUri("file:///s/a").build())
                    : FakeMaster.done();

    Result refused = cli.run("fs", "rm", "-R", "--unchecked", "/a");
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err())
        .contains("/a has 2 files and 1 directories that are known, and whatever else its store");
    assertThat(deletes(master)).isFalse();

    // The store is left alone, or the master compares with it first.
    assertThat(cli.run("fs", "rm", "-R", "--unchecked", "--cadastre-only", "/a").exit()).isZero();
    assertThat(cli.run("fs", "rm", "-R", "/a").exit()).isZero();
    master.calls.clear();
    assertThat(cli.typing("y\n").run("fs", "rm", "-R", "--unchecked", "/a").exit()).isZero();
    assertThat(master.calls.stream().filter(CallRequest::hasDelete).findFirst().orElseThrow())
        .matches(asked -> asked.getDelete().getInodeId() == 8);

    var onTheMount = master.answer;
    master.answer = call -> call.hasGetStatus() ? status(directory("a")) : onTheMount.apply(call);
    assertThat(
            new CliRunner(home)
                .variable("CADASTRE_MASTERS", master.address())
                .run("fs", "rm", "-R", "--unchecked", "/a")
                .exit())
        .isZero();
  }

  @Test
  void rmAsksForAllPathsBeforeItDeletesTheFirst() {
    master.answer =
        call ->
            call.hasCount()
                ? call.getCount().getPath().equals("/none")
                    ? FakeMaster.error(ErrorCode.NOT_FOUND, "No such file or directory: /none")
                    : CallResponse.newBuilder()
                        .setCount(
                            CountResult.newBuilder()
                                .setFiles(call.getCount().getPath().startsWith("/big") ? 5_000 : 1))
                : call.hasGetStatus() ? status(directory("a")) : FakeMaster.done();

    Result declined = cli.typing("y\nn\n").run("fs", "rm", "-R", "/small", "/big", "/big2");
    assertThat(declined.exit()).isEqualTo(9);
    assertThat(declined.err()).contains("/big has", "/big2 has", "Nothing was done.");
    assertThat(deletes(master)).isFalse();

    Result agreed = cli.typing("y\ny\n").run("fs", "rm", "-R", "/none", "/small", "/big", "/big2");
    assertThat(agreed.exit()).as(agreed.err()).isEqualTo(1);
    assertThat(agreed.err()).contains("No such file or directory: /none");
    assertThat(master.calls.stream().filter(CallRequest::hasDelete))
        .extracting(call -> call.getDelete().getPath())
        .containsExactly("/small", "/big", "/big2");
  }

  @Test
  void rmOfFewEntriesDoesNotAsk() {
    master.answer =
        call ->
            call.hasCount()
                ? CallResponse.newBuilder()
                    .setCount(CountResult.newBuilder().setFiles(999).setDirectories(1))
                : FakeMaster.done();

    assertThat(cli.run("fs", "rm", "-R", "/a").exit()).isZero();
  }

  @Test
  void goesOnAfterAPathThatFails() {
    master.answer =
        call ->
            call.getDelete().getPath().equals("/b")
                ? FakeMaster.error(ErrorCode.NOT_FOUND, "No such file or directory: /b")
                : FakeMaster.done();

    Result result = cli.run("fs", "rm", "/a", "/b", "/c", "--json");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.out()).contains("\"/a\"").contains("\"/c\"").doesNotContain("\"/b\"");
    assertThat(result.err())
        .isEqualTo(
            "{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"No such file or directory: /b\","
                + "\"context\":{},\"exitCode\":1}}\n");
  }

  // ---- Questions

  @Test
  void existsAndTestAnswerByExitCode() {
    answer(CallResponse.newBuilder().setExists(false));
    assertThat(cli.run("fs", "exists", "/a")).isEqualTo(new Result(1, "false\n", ""));
    answer(status(file("f", 1)));
    assertThat(cli.run("fs", "test", "-f", "/f")).isEqualTo(new Result(0, "", ""));
    assertThat(cli.run("fs", "test", "-d", "/f")).isEqualTo(new Result(1, "", ""));
    answer(FakeMaster.error(ErrorCode.NOT_FOUND, "none"));
    assertThat(cli.run("fs", "test", "-e", "/f")).isEqualTo(new Result(1, "", ""));
    answer(FakeMaster.error(ErrorCode.PERMISSION_DENIED, "no"));
    assertThat(cli.run("fs", "test", "-e", "/f").exit()).isEqualTo(3);
  }

  @Test
  void xattrs() {
    Xattr xattr =
        Xattr.newBuilder().setName("user.a").setValue(ByteString.copyFromUtf8("v")).build();
    answer(status(file("f", 1).toBuilder().addXattrs(xattr).build()));

    assertThat(cli.run("fs", "xattr", "list", "/f").out()).isEqualTo("user.a=v\n");
    assertThat(cli.run("fs", "xattr", "get", "/f", "user.a").out()).isEqualTo("v\n");
    assertThat(cli.run("fs", "xattr", "get", "/f", "user.b").exit()).isEqualTo(1);
    master.calls.clear();
    answer(FakeMaster.done());
    cli.run("fs", "xattr", "set", "/f", "user.b", "AAE=", "--base64");
    assertThat(master.onlyCall().getSetAttributes().getSetXattrs(0).getValue().toByteArray())
        .containsExactly(0, 1);
  }

  // ---- Mounts, settings

  @Test
  void theMountTable() {
    answer(
        CallResponse.newBuilder()
            .setMounts(
                MountTable.newBuilder()
                    .addMounts(
                        MountEntry.newBuilder()
                            .setPath("/data")
                            .setStoreUri("file:///srv")
                            .setStoreType("local")
                            .addOptions(MountOption.newBuilder().setName("k").setValue("***")))
                    .addMounts(
                        MountEntry.newBuilder()
                            .setPath("/w")
                            .setStoreUri("file:///w")
                            .setStoreType("local")
                            .setWritable(true)
                            .setCondition("ROOT_GONE: not mounted"))));

    assertThat(cli.run("fs", "mount").lines())
        .containsExactly(
            "file:///srv on /data (local, read-only, k=***)",
            "file:///w on /w (local, writable) ROOT_GONE: not mounted");
    assertThat(cli.run("fs", "mounts").out()).isEqualTo(cli.run("fs", "mount").out());
  }

  @Test
  void mountSendsItsOptions() {
    cli.run("fs", "mount", "--writable", "--option", "a=1", "--option", "b=x=y", "/d", "file:///s");

    var request = master.onlyCall().getMount();
    assertThat(request.getWritable()).isTrue();
    assertThat(request.getOptionsList())
        .extracting(option -> option.getName() + "=" + option.getValue())
        .containsExactlyInAnyOrder("a=1", "b=x=y");
  }

  @Test
  void effectiveSettingsSayWhereTheyComeFrom() throws IOException {
    answer(
        CallResponse.newBuilder()
            .setEffective(
                EffectiveProperties.newBuilder()
                    .addProperties(
                        EffectiveProperty.newBuilder()
                            .setKey("cadastre.user.file.metadata.sync.interval")
                            .setValue("10s")
                            .setOrigin("policy /a"))
                    .addProperties(
                        EffectiveProperty.newBuilder()
                            .setKey("cadastre.user.file.metadata.load.type")
                            .setValue("ONCE")
                            .setOrigin("default"))));
    Path conf =
        Files.writeString(
            home.resolve("c.properties"),
            "cadastre.user.file.metadata.sync.interval=1m\n"
                + "cadastre.user.file.metadata.load.type=NEVER\n");

    assertThat(cli.run("path-conf", "show", "--effective", "/a/b", "--conf", conf + "").lines())
        .containsExactly(
            "KEY                                        VALUE  ORIGIN",
            "cadastre.user.file.metadata.sync.interval  10s    policy /a",
            "cadastre.user.file.metadata.load.type      NEVER  " + conf + ":2");
    assertThat(
            cli.run(
                    "path-conf",
                    "show",
                    "--effective",
                    "/a/b",
                    "-Dcadastre.user.file.metadata.sync.interval=0")
                .lines()
                .get(1))
        .endsWith("  0      -D");
  }

  @Test
  void settingsOfAPath() {
    cli.run("path-conf", "set", "/a", "k=1", "l=a,b");
    assertThat(master.calls.remove().getSetPolicy().getPropertiesList())
        .extracting(property -> property.getKey() + "=" + property.getValue())
        .containsExactlyInAnyOrder("k=1", "l=a,b");
    answer(
        CallResponse.newBuilder()
            .setPolicies(
                Policies.newBuilder()
                    .addPolicies(
                        PathPolicy.newBuilder()
                            .setPath("/a")
                            .addProperties(Property.newBuilder().setKey("k").setValue("1")))));
    assertThat(cli.run("path-conf", "list").lines()).containsExactly("/a", "  k=1");
    assertThat(cli.run("path-conf", "show", "/a").lines()).containsExactly("k=1");
    assertThat(cli.run("path-conf", "show", "/a/b").out()).isEmpty();
  }

  // ---- Loading

  @Test
  void aLoadThatComparedNothingHasTheCodeOfItsFirstFailure() {
    LoadMetadataProgress.Builder end =
        LoadMetadataProgress.newBuilder()
            .setFinished(true)
            .setFailed(1)
            .addFailures(
                SyncFailure.newBuilder()
                    .setPath("/a")
                    .setCode("STORE_UNAVAILABLE")
                    .setMessage("it\nhangs"));
    master.progress.add(end.build());

    Result nothing = cli.run("fs", "load-metadata", "-R", "/a");
    assertThat(nothing.exit()).isEqualTo(5);
    assertThat(nothing.err()).isEqualTo("Failed: /a: it?hangs (STORE_UNAVAILABLE)\n");

    master.progress.clear();
    master.progress.add(end.setDirectories(1).build());
    assertThat(cli.run("fs", "load-metadata", "-R", "/a").exit()).isEqualTo(7);
  }

  @Test
  void loadMetadataNamesEachFailure() {
    master.progress.add(LoadMetadataProgress.newBuilder().setDirectories(1).build());
    master.progress.add(
        LoadMetadataProgress.newBuilder()
            .setFinished(true)
            .setDirectories(3)
            .setFiles(2_000)
            .setCreated(5)
            .setFailed(2)
            .setStoreListings(3)
            .setElapsedMillis(500)
            .addFailures(
                SyncFailure.newBuilder()
                    .setPath("/a/x")
                    .setCode("STORE_REFUSED")
                    .setMessage("permission denied"))
            .build());

    Result result = cli.run("fs", "load-metadata", "-R", "-F", "/a");

    assertThat(result.exit()).isEqualTo(7);
    assertThat(result.err())
        .isEqualTo("Failed: /a/x: permission denied (STORE_REFUSED)\nand 1 more failures.\n");
    assertThat(result.lines())
        .containsExactly(
            "Loaded /a: 3 directories, 2,000 files in 500 ms (4,000 files/s)",
            "  created 5, updated 0, replaced 0, deleted 0, unchanged 0, skipped 0, failed 2",
            "  store: 3 listings, 0 lookups");
    assertThat(master.loads.remove().getForce()).isTrue();
  }

  @Test
  void aHeldDeleteIsNoSuccess() {
    master.progress.add(
        LoadMetadataProgress.newBuilder()
            .setFinished(true)
            .setCondition("GUARDED")
            .addDifferences("delete /a/b")
            .build());

    Result result = cli.run("fs", "loadMetadata", "-R", "-F", "--dry-run", "/a");

    assertThat(result.exit()).isEqualTo(7);
    assertThat(result.err()).contains("--override-guard");
    assertThat(result.out()).startsWith("delete /a/b\nCompared /a");
  }

  // ---- Operators

  @Test
  void quorumJournalReport() {
    assertThat(cli.run("quorum", "info").lines())
        .containsExactly(
            "Cluster c",
            "Leader  m1 in term 3",
            "",
            "NAME  ROLE      RAFT ADDRESS  CLIENT ADDRESS  MATCH  COMMIT  HEARD",
            "m1    LEADER    h:1           h:2             41     40      -",
            "m2    FOLLOWER  h:1           h:2             41     40      1.5 s ago");
    assertThat(cli.run("journal", "checkpoint").out())
        .isEqualTo("m1: snapshot at index 12 (term 3) in 250 ms\n");
    assertThat(cli.run("report").lines())
        .containsExactly("raft", "  role: LEADER", "  term: 3", "store", "  inodes: 9");
    Result verify = cli.run("journal", "verify");
    assertThat(verify.exit()).isEqualTo(8);
    assertThat(verify.out()).endsWith("Members DIFFER at index 12.\n");
    assertThat(cli.run("report", "--master", "m9").err())
        .contains("No master 'm9' answers: " + master.address() + " is m1, LEADER");
  }

  // ---- Failures

  @Test
  void whatOthersHaveNamedSteersNoTerminal() {
    answer(FakeMaster.error(ErrorCode.NOT_EMPTY, "Not empty: /a\u001b[2J\ncadastre: all is well"));

    assertThat(cli.run("fs", "rm", "/a").err())
        .isEqualTo("cadastre fs rm: Not empty: /a?[2J\n  cadastre: all is well\n");
    assertThat(cli.run("fs", "rm", "--json", "/a").err()).contains("/a\\u001b[2J\\ncadastre:");
  }

  @Test
  void aMasterThatIsNotThereIsNamed() {
    Result result = cli.run("fs", "stat", "/", "--masters", "127.0.0.1:1", "--timeout", "300ms");

    assertThat(result.exit()).isEqualTo(5);
    assertThat(result.err())
        .contains("127.0.0.1:1")
        .contains("from --masters")
        .doesNotContain("\tat ");
  }

  @Test
  void anUnknownOutcomeHasACodeOfItsOwn() {
    answer(FakeMaster.error(ErrorCode.OUTCOME_UNKNOWN, "It may have taken effect"));

    Result result = cli.run("fs", "mkdir", "/a", "--timeout", "3s");

    assertThat(result.exit()).isEqualTo(6);
  }

  @Test
  void theClusterIsFoundInOrder() throws IOException {
    Path conf = Files.writeString(home.resolve("c.properties"), "cadastre.masters=127.0.0.1:2\n");
    answer(CallResponse.newBuilder().setExists(true));

    // The environment before the file, an option before both.
    assertThat(cli.run("fs", "exists", "/", "--conf", conf.toString()).exit()).isZero();
    assertThat(
            cli.run(
                    "fs",
                    "exists",
                    "/",
                    "--conf",
                    conf.toString(),
                    "--masters",
                    "127.0.0.1:1",
                    "--timeout",
                    "200ms")
                .err())
        .contains("127.0.0.1:1");
    CliRunner plain = new CliRunner(home);
    assertThat(
            plain.run("fs", "exists", "/", "--conf", conf.toString(), "--timeout", "200ms").err())
        .contains("from " + conf + ":1");
    // The last local cluster, when nothing else names one.
    Path local = Files.createDirectories(home.resolve("local"));
    Files.createDirectories(home.resolve(".cadastre"));
    Files.writeString(home.resolve(".cadastre/last-local"), local + "\n");
    String port = master.address().substring(master.address().indexOf(':') + 1);
    Files.writeString(
        local.resolve("local.properties"),
        "cadastre.cluster.members=m1=127.0.0.1:1:" + port + ":2\n");
    assertThat(plain.run("fs", "exists", "/").exit()).isZero();
  }
}
