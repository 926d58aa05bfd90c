package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.CallerIdentity;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadTask;
import io.cadastre.core.api.proto.TaskList;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Loads in the background: journaled, worked off by whoever leads, seen and stopped by anybody. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SyncTasksTest {
  private SyncFixture sync;

  @BeforeEach
  void prepare(@TempDir Path directory) {
    sync =
        new SyncFixture(directory)
            .with("cadastre.master.metadata.sync.tasks.running", "1")
            .with("cadastre.master.metadata.sync.tasks.kept", "3")
            .with("cadastre.master.metadata.sync.delete.guard.count", "20")
            .with("cadastre.master.metadata.sync.mark.delay", "20ms");
    sync.store.write("a/file", 7);
    sync.store.write("a/b/other", 1);
  }

  @AfterEach
  void stop() {
    sync.store.faults().clear();
    sync.close();
  }

  private long begin(String path, LoadOptions options) {
    return sync.client.startLoad(path, options).value().getTaskId();
  }

  private LoadTask task(long id) {
    return sync.client.listTasks(id, 0).value().getTasks(0);
  }

  private LoadTask ended(long id) {
    await().atMost(Duration.ofSeconds(60)).until(() -> task(id).getEndedMillis() > 0);
    return task(id);
  }

  private List<Long> ids() {
    return sync.client.listTasks(0, 0).value().getTasksList().stream()
        .map(LoadTask::getTaskId)
        .toList();
  }

  @Test
  void aLoadGoesOnByItselfAndSaysWhatItDid() {
    sync.start();
    long id = begin("/m", ALL_AGAIN);
    assertThat(id).isEqualTo(1);
    LoadTask task = ended(id);
    assertThat(task.getState()).isEqualTo("DONE");
    assertThat(task.getOrigin()).isEqualTo("TASK");
    assertThat(task.getUser()).isEqualTo("admin");
    assertThat(task.getEndedMillis()).isGreaterThanOrEqualTo(task.getStartMillis());
    assertThat(task.getProgress().getCreated()).isEqualTo(4);
    assertThat(task.getProgress().getDirectories()).isEqualTo(3);
    assertThat(task.getProgress().getFiles()).isEqualTo(2);
    assertThat(sync.exists("/m/a/b/other")).isTrue();
    assertThat(begin("/m/a", ALL)).isEqualTo(2);
  }

  @Test
  void aFailedPathIsNamedAndALoadThatComparesNothingHasFailed() {
    sync.start();
    sync.store.faults().on(StoreOperation.LIST).at("a/b").fail(Kind.DENIED);
    LoadTask partial = ended(begin("/m", ALL));
    assertThat(partial.getState()).isEqualTo("DONE");
    assertThat(partial.getProgress().getFailed()).isEqualTo(1);
    assertThat(partial.getProgress().getFailures(0).getPath()).isEqualTo("/m/a/b");

    sync.store.faults().clear();
    sync.store.faults().on(StoreOperation.values()).fail(Kind.UNAVAILABLE);
    LoadTask failed = ended(begin("/m", ALL));
    assertThat(failed.getState()).isEqualTo("FAILED");
    assertThat(failed.getError().getCode()).isEqualTo("STORE_UNAVAILABLE");
  }

  @Test
  void whatCannotBeLoadedIsRefusedAtOnce() {
    sync.start();
    assertThatThrownBy(() -> begin("/elsewhere", ALL)).satisfies(code(ErrorCode.NOT_A_MOUNT));
    assertThatThrownBy(() -> sync.client.listTasks(9, 0)).satisfies(code(ErrorCode.NOT_FOUND));
    assertThatThrownBy(() -> sync.client.cancelTask(9)).satisfies(code(ErrorCode.NOT_FOUND));
  }

  private static java.util.function.Consumer<Throwable> code(ErrorCode code) {
    return e -> assertThat(((MetadataException) e).code()).isEqualTo(code);
  }

  @Test
  void aLoadOfAMountThatIsGoneFails() {
    sync.start();
    Gate gate = sync.store.faults().on(StoreOperation.LIST).at("a").pause();
    long first = begin("/m", ALL);
    gate.awaitArrival();
    MemoryStore other = MemoryStore.named("other-" + System.nanoTime());
    sync.client.mount("/n", other.uri(), MountOptions.DEFAULT);
    long second = begin("/n", ALL);
    sync.client.unmount("/n");
    gate.release();
    assertThat(ended(first).getState()).isEqualTo("DONE");
    assertThat(ended(second).getState()).isEqualTo("FAILED");
    assertThat(ended(second).getError().getCode()).isEqualTo("NOT_A_MOUNT");
  }

  @Test
  void oneIsStoppedAndAnotherNeverBegins() {
    for (int i = 0; i < 30; i++) {
      sync.store.write("a/many/f" + i, 1);
    }
    sync.start();
    sync.load("/m", ALL);
    sync.store.remove("a/file");
    Gate gate = sync.store.faults().on(StoreOperation.LIST).at("a/b").pause();
    long running = begin("/m", ALL_AGAIN);
    gate.awaitArrival();
    long waiting = begin("/m/a", ALL_AGAIN);
    assertThat(task(running).getState()).isEqualTo("RUNNING");
    assertThat(task(waiting).getState()).isEqualTo("WAITING");

    assertThat(sync.client.cancelTask(running).value().getChanged()).isTrue();
    assertThat(sync.client.cancelTask(running).value().getChanged()).isFalse();
    assertThat(task(running).getCancelledBy()).isEqualTo("admin");
    sync.client.cancelTask(waiting);
    // The leader goes through the loads in their order: once it has ended this one, it has told the
    // other to stop.
    assertThat(ended(waiting).getState()).isEqualTo("CANCELLED");
    gate.release();
    LoadTask stopped = ended(running);
    assertThat(stopped.getState()).isEqualTo("CANCELLED");
    assertThat(stopped.getProgress().getDeleted()).isZero();
    assertThat(sync.exists("/m/a/file")).isTrue();
  }

  @Test
  void theGuardShows() {
    for (int i = 0; i < 60; i++) {
      sync.store.write("many/f" + i, 1);
    }
    sync.start();
    sync.load("/m", ALL);
    sync.store.remove("many");
    LoadTask task = ended(begin("/m", ALL_AGAIN));
    assertThat(task.getState()).isEqualTo("GUARDED");
    assertThat(task.getProgress().getCondition()).contains("GUARDED");
    assertThat(sync.client.listTasks(0, 0).value().getGuarded(0).getPath()).isEqualTo("/m");
    LoadTask meant = ended(begin("/m", ALL_AGAIN.withOverrideGuard(true)));
    assertThat(meant.getState()).isEqualTo("DONE");
    assertThat(sync.exists("/m/many")).isFalse();
    assertThat(sync.client.listTasks(0, 0).value().getGuardedCount()).isZero();
  }

  @Test
  void onlyTheLastOnesAreKept() {
    sync.start();
    for (int i = 0; i < 6; i++) {
      ended(begin("/m", ALL));
    }
    await().untilAsserted(() -> assertThat(ids()).containsExactly(4L, 5L, 6L));
    assertThat(sync.client.listTasks(0, 2).value().getTasksList())
        .extracting(LoadTask::getTaskId)
        .containsExactly(5L, 6L);
    sync.master.restart();
    assertThat(ids()).containsExactly(4L, 5L, 6L);
    assertThat(begin("/m", ALL)).isEqualTo(7);
  }

  @Test
  void oneSeesAndStopsOnesOwn() {
    sync.store.attributes("", null, null, 0777);
    sync.start();
    long admins = begin("/m", ALL);
    ended(admins);
    MetadataClient alice = sync.client.withCaller(new CallerIdentity("alice", List.of()));
    long own = alice.startLoad("/m", ALL).value().getTaskId();
    TaskList seen = alice.listTasks(0, 0).value();
    assertThat(seen.getTasksList()).extracting(LoadTask::getTaskId).containsExactly(own);
    assertThatThrownBy(() -> alice.listTasks(admins, 0)).satisfies(code(ErrorCode.NOT_FOUND));
    assertThatThrownBy(() -> alice.cancelTask(admins)).satisfies(code(ErrorCode.PERMISSION_DENIED));
    assertThatThrownBy(() -> alice.startLoad("/m", ALL_AGAIN.withOverrideGuard(true)))
        .satisfies(code(ErrorCode.PERMISSION_DENIED));
    alice.cancelTask(own);
  }

  @Test
  void aLoadThatSomebodyWaitsForShowsToo() throws Exception {
    sync.start();
    Gate gate = sync.store.faults().on(StoreOperation.LIST).at("a").pause();
    CompletableFuture<LoadMetadataProgress> caller =
        CompletableFuture.supplyAsync(() -> sync.load("/m", ALL));
    gate.awaitArrival();
    LoadTask shown = sync.client.listTasks(0, 0).value().getTasks(0);
    assertThat(shown.getOrigin()).isEqualTo("CALL");
    assertThat(shown.getTaskId()).isZero();
    assertThat(shown.getPath()).isEqualTo("/m");
    gate.release();
    assertThat(caller.get(10, TimeUnit.SECONDS).getCreated()).isEqualTo(4);
    await().until(() -> sync.client.listTasks(0, 0).value().getTasksCount() == 0);
  }

  @Test
  void theNextLeaderGoesOnWhereTheLastOneWas() {
    int directories = 2_500;
    for (int i = 0; i < directories; i++) {
      sync.store.write(String.format("d%04d/f", i), 1);
    }
    sync.master.withHttp();
    sync.start();
    sync.store.faults().on(StoreOperation.LIST).call(1_300).delay(Duration.ofMillis(200));
    long id = begin("/m", ALL_AGAIN);
    long asked = task(id).getStartMillis();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> sync.store.requests(StoreOperation.LIST) > 1_300);
    await().atMost(Duration.ofSeconds(30)).until(() -> marks() >= 1_000);
    assertThat(task(id).getState()).isEqualTo("RUNNING");
    sync.master.stop();
    long before = sync.store.requests(StoreOperation.LIST);
    sync.store.faults().clear();
    sync.master.start();

    LoadTask task = ended(id);
    assertThat(task.getState()).isEqualTo("DONE");
    assertThat(task.getStartMillis()).isEqualTo(asked);
    long after = sync.store.requests(StoreOperation.LIST) - before;
    assertThat(after).isLessThan(directories - 900);
    // All of it is there, and known to be fresh as of the time at which it was asked for.
    assertThat(sync.client.count("/m").value().getFiles()).isEqualTo(directories + 2);
    long requests = sync.store.requests(StoreOperation.LIST);
    sync.names("/m/d0000", ReadOptions.DEFAULT.withSyncIntervalMillis(3_600_000));
    assertThat(sync.store.requests(StoreOperation.LIST)).isEqualTo(requests);
  }

  private double marks() {
    Matcher matcher =
        Pattern.compile("(?m)^cadastre_sync_marks_total ([0-9.]+)$")
            .matcher(sync.master.http("/metrics"));
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
  }

  @Test
  void aLoadThatWasAskedToStopIsNotTakenUpAgain() {
    sync.start();
    Gate gate = sync.store.faults().on(StoreOperation.LIST).at("a").pause();
    long running = begin("/m", ALL);
    gate.awaitArrival();
    sync.client.cancelTask(running);
    gate.release();
    sync.master.restart();
    assertThat(ended(running).getState()).isEqualTo("CANCELLED");
  }
}
