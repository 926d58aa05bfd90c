package io.cadastre.server.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.Answer;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that hangs: it blocks no other mount, nor a read that accepts what is known. */
class HungStoreTest {
  private static final ReadOptions AT_ONCE = ReadOptions.DEFAULT.withSyncIntervalMillis(0);

  /** More than the threads that ask stores. */
  private static final int CROWD = 100;

  private final String hungName = "hung-" + UUID.randomUUID();
  private final String wellName = "well-" + UUID.randomUUID();
  private final MemoryStore hung = MemoryStore.named(hungName);
  private final MemoryStore well = MemoryStore.named(wellName);
  private TestMaster master;
  private MetadataClient client;
  private Gate gate;

  @TempDir Path directory;

  @BeforeEach
  void start() {
    start("300ms");
  }

  private void start(String storeDeadline) {
    start(TestMaster.in(directory), storeDeadline);
  }

  private void start(TestMaster settings, String storeDeadline) {
    master =
        settings
            .with("cadastre.master.ufs.deadline", storeDeadline)
            .with("cadastre.master.ufs.breaker.failures", "3")
            .with("cadastre.master.ufs.breaker.pause.min", "3s")
            .with("cadastre.master.ufs.breaker.pause.max", "3s")
            .withHttp()
            .start();
    client = master.client();
    hung.write("known", 1);
    well.write("f", 1);
    client.mount("/hung", hung.uri(), MountOptions.DEFAULT);
    client.mount("/well", well.uri(), MountOptions.DEFAULT);
    assertThat(client.exists("/hung/known", AT_ONCE).value()).isTrue();
  }

  @AfterEach
  void stop() {
    if (gate != null) {
      gate.release();
    }
    master.close();
    MemoryStore.forget(hungName);
    MemoryStore.forget(wellName);
  }

  @Test
  void itsCircuitOpensOthersGoOnAndItClosesAgain() {
    gate = hung.faults().on(StoreOperation.STATUS, StoreOperation.IDENTITY).pause();
    for (int i = 0; i < 3; i++) {
      fails("/hung/known");
    }
    await().until(() -> gauge("breaker_open", "/hung") == 1);
    long sent = requests(hung);
    fails("/hung/known");
    assertThat(requests(hung)).isEqualTo(sent);
    assertThat(gauge("breaker_opened_total", "/hung")).isEqualTo(1);
    assertThat(gauge("breaker_refused_total", "/hung")).isPositive();

    // What is known, and what is mounted elsewhere.
    assertThat(client.exists("/hung/known").value()).isTrue();
    assertThat(client.exists("/well/f", AT_ONCE).value()).isTrue();
    assertThat(gauge("breaker_open", "/well")).isZero();

    hung.faults().clear();
    gate.release();
    await()
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(client.exists("/hung/known", AT_ONCE).value()).isTrue());
    assertThat(gauge("breaker_open", "/hung")).isZero();
  }

  @Test
  void whoeverAcceptsWhatIsKnownGetsItWithTheReason() {
    gate = hung.faults().on(StoreOperation.STATUS, StoreOperation.IDENTITY).pause();
    fails("/hung/known");
    Answer<FileStatus> known = client.getStatus("/hung/known", AT_ONCE.withAllowStale(true));
    assertThat(known.value().getSize()).isEqualTo(1);
    assertThat(known.served().staleReason()).contains("timed out");
    assertThat(client.getStatus("/well/f", AT_ONCE.withAllowStale(true)).served().staleReason())
        .isEmpty();
  }

  @Test
  void alsoWhereTheStoreMayTakeLongerThanTheCallerWaits() {
    master.close();
    directory = directory.resolve("patient");
    start("1m");
    gate = hung.faults().on(StoreOperation.STATUS, StoreOperation.IDENTITY).pause();
    MetadataClient hurried = client.withTimeout(Duration.ofSeconds(4));
    long start = System.nanoTime();
    Answer<FileStatus> known = hurried.getStatus("/hung/known", AT_ONCE.withAllowStale(true));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    assertThat(known.served().staleReason()).containsAnyOf("timed out", "not answered in time");
    // Nobody else waits for it.
    assertThat(
            client
                .loadMetadata("/well", LoadOptions.DEFAULT.withRecursive(true), progress -> {})
                .getFailed())
        .isZero();
    assertThatThrownBy(() -> hurried.withRetries(false).exists("/hung/known", AT_ONCE))
        .isInstanceOfSatisfying(
            MetadataException.class,
            e ->
                assertThat(e.code())
                    .isIn(ErrorCode.STORE_UNAVAILABLE, ErrorCode.DEADLINE_EXCEEDED));
  }

  @Test
  void manyCallersOfItHoldUpNobodyElse() {
    master.close();
    directory = directory.resolve("crowded");
    start("1m");
    client.unmount("/well");
    client.mount("/well", well.uri(), MountOptions.DEFAULT.withWritable(true));
    for (int i = 0; i < CROWD; i++) {
      hung.write("d" + i + "/f", 1);
    }
    gate = hung.faults().on(StoreOperation.STATUS, StoreOperation.IDENTITY).pause();
    List<CompletableFuture<Answer<Boolean>>> waiting = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      waiting.add(client.async().exists("/hung/d" + i + "/f", AT_ONCE));
    }
    gate.awaitArrival();
    MetadataClient hurried = client.withTimeout(Duration.ofSeconds(5));
    for (int i = 0; i < 20; i++) {
      assertThat(hurried.exists("/well/f", AT_ONCE).value()).isTrue();
      hurried.createDirectory("/well/d" + i);
      assertThat(hurried.exists("/hung/known").value()).isTrue();
    }
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    gate.release();
    hung.faults().clear();
    assertThat(waiting).allSatisfy(call -> assertThat(call.join().value()).isTrue());
  }

  @Test
  void whoWaitsForItIsNotAllThatAMasterTakes() {
    master.close();
    start(TestMaster.in(directory.resolve("few")).with("cadastre.master.calls.max", "40"), "1m");
    for (int i = 0; i < CROWD; i++) {
      hung.write("d" + i + "/f", 1);
    }
    gate = hung.faults().on(StoreOperation.STATUS, StoreOperation.IDENTITY).pause();
    List<CompletableFuture<Answer<Boolean>>> waiting = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      waiting.add(client.withRetries(false).async().exists("/hung/d" + i + "/f", AT_ONCE));
    }
    // A quarter of 40 waits; the others were answered.
    await().until(() -> waiting.stream().filter(call -> !call.isDone()).count() == 10);
    assertThat(waiting)
        .filteredOn(CompletableFuture::isDone)
        .allSatisfy(
            call ->
                assertThatThrownBy(call::join)
                    .hasRootCauseMessage("Too many calls wait for the store of /hung"));
    assertThat(client.withTimeout(Duration.ofSeconds(5)).exists("/well/f", AT_ONCE).value())
        .isTrue();
    gate.release();
    hung.faults().clear();
    assertThat(waiting.stream().filter(call -> !call.handle((v, e) -> e != null).join()))
        .hasSize(10);
  }

  @Test
  void aMountMayLimitItsRequests() {
    client.unmount("/well");
    client.mount(
        "/slow",
        well.uri(),
        MountOptions.DEFAULT.withProperties(
            Map.of("requests.per.second", "20", "requests.concurrency", "1")));
    long start = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      client.exists("/slow/f", AT_ONCE);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(800));
    assertThat(master.http("/metrics")).contains("cadastre_ufs_rate_wait_micros");
    assertThatThrownBy(
            () ->
                client.mount(
                    "/bad",
                    well.uri(),
                    MountOptions.DEFAULT
                        .withShared(true)
                        .withProperties(Map.of("requests.per.second", "none"))))
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  private void fails(String path) {
    assertThatThrownBy(() -> client.withRetries(false).exists(path, AT_ONCE))
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE));
  }

  private static long requests(MemoryStore store) {
    return store.requests(StoreOperation.STATUS) + store.requests(StoreOperation.IDENTITY);
  }

  private double gauge(String metric, String mount) {
    String start = "cadastre_ufs_" + metric + "{mount=\"" + mount + "\"} ";
    return master
        .http("/metrics")
        .lines()
        .filter(line -> line.startsWith(start))
        .mapToDouble(line -> Double.parseDouble(line.substring(start.length())))
        .findFirst()
        .orElse(-1);
  }
}
