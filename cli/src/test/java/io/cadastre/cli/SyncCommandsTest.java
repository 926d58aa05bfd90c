package io.cadastre.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.cli.CliRunner.Result;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.DiffPage;
import io.cadastre.core.api.proto.Difference;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.ErrorInfo;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadTask;
import io.cadastre.core.api.proto.MountEntry;
import io.cadastre.core.api.proto.SyncFailure;
import io.cadastre.core.api.proto.SyncSchedule;
import io.cadastre.core.api.proto.TaskList;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.inode.proto.InodeKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads in the background and differences: what is sent, and how the answers are shown. */
final class SyncCommandsTest {
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

  private static CallResponse.Builder tasks(TaskList.Builder list) {
    return CallResponse.newBuilder().setTasks(list);
  }

  private static LoadTask.Builder load(long id, String state) {
    return LoadTask.newBuilder()
        .setTaskId(id)
        .setOrigin("TASK")
        .setState(state)
        .setPath("/a")
        .setRecursive(true)
        .setForce(true)
        .setUser("bob")
        .setStartMillis(MILLIS);
  }

  private static LoadMetadataProgress.Builder progress() {
    return LoadMetadataProgress.newBuilder()
        .setDirectories(30)
        .setFiles(2_000)
        .setCreated(5)
        .setStoreListings(30)
        .setStoreLookups(1)
        .setElapsedMillis(1_000);
  }

  // ---- Loading in the background

  @Test
  void anAsynchronousLoadPrintsItsId() {
    master.answer =
        call -> CallResponse.newBuilder().setDone(Done.newBuilder().setTaskId(3).setChanged(true));

    Result result = cli.run("fs", "load-metadata", "-R", "-F", "--async", "/a");

    assertThat(result.exit()).isZero();
    assertThat(result.out()).isEqualTo("3\n");
    assertThat(result.err()).contains("sync-status --watch 3");
    CallRequest call = master.onlyCall();
    assertThat(call.getStartLoad().getPath()).isEqualTo("/a");
    assertThat(call.getStartLoad().getRecursive()).isTrue();
    assertThat(call.getStartLoad().getForce()).isTrue();
    assertThat(call.getStartLoad().getOverrideGuard()).isFalse();
    assertThat(call.getOperationId().getSequence()).isPositive();
    assertThat(cli.run("fs", "load-metadata", "--async", "--json", "/a").out())
        .isEqualTo("{\"path\":\"/a\",\"taskId\":3}\n");
  }

  @Test
  void whatNobodyWaitsForShowsNothing() {
    assertThat(cli.run("fs", "load-metadata", "--async", "--dry-run", "/a").exit()).isEqualTo(2);
    assertThat(cli.run("fs", "load-metadata", "--async", "--progress", "/a").exit()).isEqualTo(2);
    assertThat(master.calls).isEmpty();
  }

  @Test
  void progressIsShownOnATerminalOrWhenAskedFor() {
    master.progress.add(progress().setExpectedDirectories(120).setQueuedDirectories(7).build());
    master.progress.add(progress().setFinished(true).build());

    assertThat(cli.run("fs", "load-metadata", "-R", "/a").err()).isEmpty();
    assertThat(cli.run("fs", "load-metadata", "-R", "--progress", "/a").err())
        .isEqualTo(
            "30 of 120 directories, 2,000 files, 2,000 files/s, 31 store requests,"
                + " 7 directories waiting, about 3.0 s left\n");
  }

  @Test
  void theOverviewHasItsSections() {
    master.answer =
        call ->
            tasks(
                TaskList.newBuilder()
                    .addTasks(
                        load(3, "RUNNING").setProgress(progress().setExpectedDirectories(1_200)))
                    .addTasks(load(4, "WAITING").setForce(false))
                    .addTasks(load(0, "RUNNING").setOrigin("SCHEDULE").setUser("").setPath("/s"))
                    .addTasks(load(2, "GUARDED").setEndedMillis(MILLIS).setProgress(progress()))
                    .addGuarded(
                        MountEntry.newBuilder().setPath("/a").setCondition("GUARDED: too many"))
                    .addSchedules(
                        SyncSchedule.newBuilder()
                            .setPath("/s")
                            .setIntervalMillis(7_200_000)
                            .setComparedMillis(MILLIS)
                            .setOrigin("policy /s")));

    Result result = cli.run("fs", "sync-status");

    assertThat(result.exit()).isZero();
    assertThat(result.lines())
        .containsExactly(
            "Loads at work and waiting:",
            "  ID  STATE    PATH  OPTIONS  BY        BEGAN             DIRECTORIES  FILES  FAILED",
            "  3   RUNNING  /a    -R -F    bob       2026-11-21 22:03  30 of 1,200  2,000  0",
            "  4   WAITING  /a    -R       bob       2026-11-21 22:03  0            0      0",
            "  -   RUNNING  /s    -R -F    schedule  2026-11-21 22:03  0            0      0",
            "Mounts whose deletes are held back:",
            "  /a  GUARDED: too many",
            "Schedules:",
            "  PATH  EVERY      COMPARED          NEXT  RESULT  SET BY",
            "  /s    2 h 0 min  2026-11-21 22:03  now   -       policy /s",
            "Loads that have ended:",
            "  ID  STATE    PATH  OPTIONS  BY   BEGAN             DIRECTORIES  FILES  FAILED",
            "  2   GUARDED  /a    -R -F    bob  2026-11-21 22:03  30           2,000  0");
    assertThat(master.onlyCall().getListTasks().getEndedMax()).isEqualTo(10);

    master.calls.clear();
    List<String> json = cli.run("fs", "sync-status", "--all", "--json").lines();
    assertThat(master.onlyCall().getListTasks().getEndedMax()).isZero();
    assertThat(json).hasSize(6);
    assertThat(json.get(0))
        .startsWith("{\"type\":\"load\",\"taskId\":3,\"origin\":\"task\",\"state\":\"RUNNING\"")
        .contains("\"expectedDirectories\":1200", "\"ended\":null", "\"failures\":[]");
    assertThat(json.get(4)).contains("\"type\":\"suspect\"", "\"condition\":\"GUARDED: too many\"");
    assertThat(json.get(5)).contains("\"type\":\"schedule\"", "\"intervalMillis\":7200000");
  }

  @Test
  void nothingIsSaidInAWord() {
    master.answer = call -> tasks(TaskList.newBuilder());
    assertThat(cli.run("fs", "sync-status").out())
        .isEqualTo("Nothing is loaded, waits, is scheduled or held back.\n");
    assertThat(cli.run("fs", "sync-status", "--json").out()).isEmpty();
    assertThat(cli.run("fs", "sync-status", "--watch").exit()).isZero();
  }

  @Test
  void oneLoadIsWatchedToItsEndAndItsFailuresAreNamed() {
    Deque<LoadTask.Builder> answers = new ArrayDeque<>();
    answers.add(load(3, "RUNNING").setProgress(progress()));
    answers.add(
        load(3, "DONE")
            .setEndedMillis(MILLIS + 1_000)
            .setProgress(
                progress()
                    .setFailed(2)
                    .addFailures(
                        SyncFailure.newBuilder()
                            .setPath("/a/x")
                            .setCode("STORE_REFUSED")
                            .setMessage("permission denied"))));
    master.answer =
        call ->
            tasks(
                TaskList.newBuilder()
                    .addTasks(answers.size() > 1 ? answers.remove() : answers.peek()));

    Result result = cli.run("fs", "sync-status", "--watch", "3");

    assertThat(result.exit()).isEqualTo(7);
    assertThat(result.lines())
        .contains(
            "load:     3",
            "state:    DONE",
            "options:  -R -F",
            "did:      created 5, updated 0, replaced 0, deleted 0, unchanged 0, skipped 0,"
                + " failed 2");
    assertThat(result.err())
        .isEqualTo("Failed: /a/x: permission denied (STORE_REFUSED)\nand 1 more failures.\n");
    assertThat(cli.run("fs", "sync-status", "3").exit()).isZero();
  }

  @Test
  void aWatchedLoadThatFailsGivesTheCodeOfItsError() {
    master.answer =
        call ->
            tasks(
                TaskList.newBuilder()
                    .addTasks(
                        load(3, "FAILED")
                            .setEndedMillis(MILLIS)
                            .setError(
                                ErrorInfo.newBuilder()
                                    .setCode("STORE_UNAVAILABLE")
                                    .setMessage("hangs"))));
    Result result = cli.run("fs", "sync-status", "--watch", "3");
    assertThat(result.exit()).isEqualTo(5);
    assertThat(result.out()).contains("error:    hangs (STORE_UNAVAILABLE)");
  }

  /** A newer master may know more of them. */
  @Test
  void anErrorOfAnUnknownCodeIsNoDefectOfTheCommand() {
    master.answer =
        call ->
            tasks(
                TaskList.newBuilder()
                    .addTasks(
                        load(3, "FAILED")
                            .setEndedMillis(MILLIS)
                            .setError(ErrorInfo.newBuilder().setCode("NEW").setMessage("why"))));
    Result result = cli.run("fs", "sync-status", "--watch", "3");
    assertThat(result.exit()).isEqualTo(8);
    assertThat(result.err()).doesNotContain("defect");
  }

  @Test
  void anUnknownLoadIsNotThere() {
    master.answer = call -> FakeMaster.error(ErrorCode.NOT_FOUND, "There is no load");
    assertThat(cli.run("fs", "sync-status", "9").exit()).isEqualTo(1);
    assertThat(cli.run("fs", "sync-cancel", "9").exit()).isEqualTo(1);
    assertThat(cli.run("fs", "sync-status", "0").exit()).isEqualTo(2);
    assertThat(cli.run("fs", "sync-cancel").exit()).isEqualTo(2);
  }

  @Test
  void aLoadIsStopped() {
    master.answer =
        call -> CallResponse.newBuilder().setDone(Done.newBuilder().setTaskId(3).setChanged(true));
    Result result = cli.run("fs", "sync-cancel", "3");
    assertThat(result.exit()).isZero();
    assertThat(result.out() + result.err()).isEmpty();
    assertThat(master.onlyCall().getCancelTask().getTaskId()).isEqualTo(3);

    master.answer = call -> CallResponse.newBuilder().setDone(Done.newBuilder().setTaskId(3));
    assertThat(cli.run("fs", "sync-cancel", "3").err()).contains("has ended");
    assertThat(cli.run("fs", "sync-cancel", "--json", "3").out())
        .isEqualTo("{\"taskId\":3,\"changed\":false}\n");
  }

  // ---- Differences

  private void differences(Difference... differences) {
    master.differences.clear();
    master.differences.add(DiffPage.newBuilder().addAllDifferences(List.of(differences)).build());
    master.differences.add(
        DiffPage.newBuilder().setSummary(progress().setFinished(true)).setLast(true).build());
  }

  private static Difference of(Difference.Kind kind, InodeKind here, InodeKind there, String path) {
    return Difference.newBuilder()
        .setKind(kind)
        .setInNamespace(here)
        .setInStore(there)
        .setPath(path)
        .build();
  }

  @Test
  void eachDifferenceIsALine() {
    differences(
        of(Difference.Kind.ONLY_IN_STORE, InodeKind.FILE, InodeKind.FILE, "/a/new\u001b"),
        of(Difference.Kind.CHANGED, InodeKind.FILE, InodeKind.FILE, "/a/f").toBuilder()
            .addFields(
                Difference.Field.newBuilder().setName("size").setInNamespace("1").setInStore("20"))
            .addFields(
                Difference.Field.newBuilder()
                    .setName("modified")
                    .setInNamespace("0")
                    .setInStore("1795266187250"))
            .addFields(Difference.Field.newBuilder().setName("fingerprint").setInNamespace("x"))
            .build(),
        of(Difference.Kind.OTHER_KIND, InodeKind.FILE, InodeKind.DIRECTORY, "/a/t"),
        of(Difference.Kind.ONLY_IN_NAMESPACE, InodeKind.DIRECTORY, InodeKind.FILE, "/a/d"));

    Result result = cli.run("fs", "diff", "-R", "/a");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.lines())
        .containsExactly(
            "+ file /a/new?",
            "~ file /a/f: size 1 -> 20, modified 1970-01-01T00:00:00.000Z ->"
                + " 2026-11-21T13:03:07.250Z, fingerprint x -> none",
            "! file -> directory /a/t",
            "- directory /a/d");
    assertThat(result.err())
        .isEqualTo("4 differences; compared 30 directories, 2,000 files in 1.0 s\n");
    assertThat(master.diffs.remove().getRecursive()).isTrue();

    Result json = cli.run("fs", "diff", "--json", "/a");
    assertThat(json.err()).isEmpty();
    assertThat(json.lines().get(1))
        .isEqualTo(
            "{\"difference\":\"CHANGED\",\"path\":\"/a/f\",\"inNamespace\":\"file\","
                + "\"inStore\":\"file\",\"fields\":[{\"name\":\"size\",\"inNamespace\":\"1\","
                + "\"inStore\":\"20\"},{\"name\":\"modified\",\"inNamespace\":\"0\","
                + "\"inStore\":\"1795266187250\"},{\"name\":\"fingerprint\","
                + "\"inNamespace\":\"x\",\"inStore\":\"\"}]}");
    assertThat(json.lines().get(3)).contains("\"inNamespace\":\"directory\",\"inStore\":null");
    assertThat(json.lines().get(4))
        .isEqualTo(
            "{\"path\":\"/a\",\"differences\":4,\"directories\":30,\"files\":2000,\"failed\":0,"
                + "\"elapsedMillis\":1000,\"failures\":[]}");
    assertThat(json.lines()).hasSize(5);
    assertThat(master.diffs.remove().getRecursive()).isFalse();
  }

  @Test
  void theCodeSaysWhetherAnythingDiffers() {
    differences();
    assertThat(cli.run("fs", "diff", "/a").exit()).isZero();
    master.differences.clear();
    master.differences.add(
        DiffPage.newBuilder()
            .setSummary(
                progress()
                    .setFinished(true)
                    .setFailed(1)
                    .addFailures(SyncFailure.newBuilder().setPath("/a/x").setCode("C")))
            .setLast(true)
            .build());
    Result unknown = cli.run("fs", "diff", "/a");
    assertThat(unknown.exit()).isEqualTo(2);
    assertThat(unknown.err()).contains("Failed: /a/x", "1 could not be compared");
    Result json = cli.run("fs", "diff", "--json", "/a");
    assertThat(json.exit()).isEqualTo(2);
    assertThat(json.err()).isEmpty();
    assertThat(json.out())
        .contains(
            "\"failed\":1", "\"failures\":[{\"path\":\"/a/x\",\"code\":\"C\",\"message\":\"\"}]");
    master.differences.clear();
    master.differences.add(
        DiffPage.newBuilder()
            .setError(ErrorInfo.newBuilder().setCode("NOT_FOUND").setMessage("Nothing is at /a"))
            .build());
    Result missing = cli.run("fs", "diff", "--json", "/a");
    assertThat(missing.exit()).isEqualTo(2);
    assertThat(missing.err()).contains("\"code\":\"NOT_FOUND\"", "\"exitCode\":2");
  }
}
