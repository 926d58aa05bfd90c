package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.api.proto.SyncSchedule;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A leader compares what has a schedule, though nobody reads it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SyncSchedulesTest {
  private static final String KEY = "cadastre.user.file.metadata.sync.schedule";
  private static final ReadOptions KNOWN = ReadOptions.DEFAULT.withLoadType(LoadType.NEVER);

  private SyncFixture sync;

  @BeforeEach
  void start(@TempDir Path directory) {
    sync = new SyncFixture(directory);
    sync.store.write("a/file", 1);
    sync.store.write("b/file", 1);
    sync.start();
    sync.load("/m", ALL);
  }

  @AfterEach
  void stop() {
    sync.store.faults().clear();
    sync.close();
  }

  private boolean isKnown(String path) {
    return sync.client.exists(path, KNOWN).value();
  }

  private List<SyncSchedule> schedules() {
    return sync.client.listTasks(0, 0).value().getSchedulesList();
  }

  @Test
  void whatChangesInTheStoreIsFoundWithoutARead() {
    sync.client.setPolicy("/m/a", Map.of(KEY, "1s"));
    sync.store.write("a/new", 1);
    sync.store.remove("a/file");
    sync.store.write("b/new", 1);
    await().atMost(Duration.ofSeconds(15)).until(() -> isKnown("/m/a/new"));
    await().atMost(Duration.ofSeconds(15)).until(() -> !isKnown("/m/a/file"));
    sync.store.write("a/second", 1);
    await().atMost(Duration.ofSeconds(15)).until(() -> isKnown("/m/a/second"));
    assertThat(isKnown("/m/b/new")).isFalse();

    SyncSchedule schedule = schedules().get(0);
    assertThat(schedule.getPath()).isEqualTo("/m/a");
    assertThat(schedule.getIntervalMillis()).isEqualTo(1_000);
    assertThat(schedule.getComparedMillis()).isPositive();
    assertThat(schedule.getOrigin()).isEqualTo("policy /m/a");

    sync.client.unsetPolicy("/m/a", List.of(KEY));
    await().until(() -> schedules().isEmpty());
    sync.store.write("a/third", 1);
    await().pollDelay(Duration.ofMillis(2_500)).until(() -> !isKnown("/m/a/third"));
  }

  @Test
  void aPolicyAboveHoldsForTheMountsBelowAndANewLeaderGoesOn() {
    sync.client.setPolicy("/", Map.of(KEY, "1s"));
    await()
        .until(
            () -> schedules().stream().map(SyncSchedule::getPath).toList().equals(List.of("/m")));
    sync.store.write("b/new", 1);
    await().atMost(Duration.ofSeconds(15)).until(() -> isKnown("/m/b/new"));
    sync.master.restart();
    sync.store.write("b/later", 1);
    await().atMost(Duration.ofSeconds(15)).until(() -> isKnown("/m/b/later"));
    sync.client.setPolicy("/m", Map.of(KEY, "-1"));
    await().until(() -> schedules().isEmpty());
  }

  @Test
  void aPathThatIsNotThereAndAFileCountAsCompared() {
    for (String path : List.of("/m/none", "/m/a/file")) {
      sync.client.setPolicy(path, Map.of(KEY, "2s"));
    }
    for (int i = 0; i < 2; i++) {
      long now = System.currentTimeMillis();
      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(
              () ->
                  assertThat(schedules())
                      .hasSize(2)
                      .allSatisfy(
                          one -> {
                            assertThat(one.getComparedMillis()).isGreaterThan(now - 100);
                            assertThat(one.getLastResult()).isEqualTo("OK");
                          }));
    }
  }

  @Test
  void aRunByScheduleShowsAndDoesNotOverlapItself() {
    Gate gate = sync.store.faults().on(StoreOperation.LIST).at("a").pause();
    sync.client.setPolicy("/m/a", Map.of(KEY, "1s"));
    gate.awaitArrival();
    await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);
    var list = sync.client.listTasks(0, 0).value();
    assertThat(list.getTasksCount()).isEqualTo(1);
    assertThat(list.getTasks(0).getOrigin()).isEqualTo("SCHEDULE");
    assertThat(list.getSchedules(0).getNextMillis()).isZero();
    gate.release();
    await().until(() -> schedules().get(0).getLastResult().equals("OK"));
  }
}
