package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cadastre.client.Answer;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.MountChanges;
import io.cadastre.client.MountOptions;
import io.cadastre.client.Operation;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store has said to be absent is not asked for again, until something may have made it. */
class AbsentPathTest {
  private static final ReadOptions AN_HOUR = ReadOptions.DEFAULT.withSyncIntervalMillis(3_600_000);
  private static final ReadOptions ALWAYS = ReadOptions.DEFAULT.withLoadType(LoadType.ALWAYS);
  private static final DeleteOptions HERE_ONLY =
      DeleteOptions.DEFAULT.withRecursive(true).withCadastreOnly(true);

  private SyncFixture sync;

  @BeforeEach
  void prepare(@TempDir Path directory) {
    sync = new SyncFixture(directory);
    sync.store.write("a/file", 1);
    sync.store.mkdirs("z");
  }

  @AfterEach
  void stop() {
    sync.close();
  }

  private void start() {
    sync.start(MountOptions.DEFAULT.withWritable(true));
    sync.load("/m", ALL);
  }

  private long lookups() {
    return sync.store.requests(StoreOperation.STATUS);
  }

  private long requests() {
    return lookups() + sync.store.requests(StoreOperation.LIST);
  }

  private boolean asks(Runnable read) {
    long before = requests();
    read.run();
    return requests() > before;
  }

  private boolean statAsks(String path) {
    return asks(() -> sync.client.exists(path));
  }

  /** Lets the store say that this path is absent, and checks that it is not asked again. */
  private void learnAbsent(String path) {
    assertThat(sync.exists(path)).isFalse();
    assertThat(statAsks(path)).isFalse();
  }

  private long lookupsOfTenThousandStats() {
    List<Operation<Boolean>> stats = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      stats.add(Operation.exists("/m/a/missing-" + i, ReadOptions.DEFAULT));
    }
    long before = lookups();
    for (int round = 0; round < 100; round++) {
      for (CompletableFuture<Answer<Boolean>> answer : sync.client.batch(stats)) {
        assertThat(answer.join().value()).isFalse();
      }
    }
    return lookups() - before;
  }

  @Test
  void tenThousandStatsOfAHundredAbsentPathsAskTheStoreAHundredTimes() {
    start();
    assertThat(lookupsOfTenThousandStats()).isEqualTo(100);
  }

  @Test
  void withoutTheCacheTheyAskTenThousandTimes() {
    sync.with("cadastre.master.metadata.sync.absent.cache.max.entries", "0");
    start();
    assertThat(lookupsOfTenThousandStats()).isEqualTo(10_000);
  }

  @Test
  void anAbsentNameCoversWhateverIsBelowIt() {
    start();
    learnAbsent("/m/a/b");
    assertThat(statAsks("/m/a/b/c")).isFalse();
    assertThat(statAsks("/m/a/b/c/d")).isFalse();
    assertThat(asks(() -> listMissing("/m/a/b/c", false))).isFalse();
    assertThat(asks(() -> listMissing("/m/a/b", true))).isFalse();
    assertThat(statAsks("/m/a/b2")).isTrue();
    assertThat(statAsks("/m/z/b")).isTrue();
  }

  @Test
  void askingBelowAnAbsentNameNotesThatName() {
    start();
    learnAbsent("/m/a/b/c/d");
    assertThat(statAsks("/m/a/b")).isFalse();
    assertThat(statAsks("/m/a/b/other")).isFalse();
  }

  private void listMissing(String path, boolean recursive) {
    try (ListStream pages = sync.client.list(path, ListOptions.DEFAULT.withRecursive(recursive))) {
      assertThatThrownBy(() -> pages.forEachRemaining(page -> {}))
          .isInstanceOfSatisfying(
              MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    }
  }

  @Test
  void theIntervalSaysHowOldACheckMayBe() {
    start();
    assertThat(sync.client.exists("/m/a/b", AN_HOUR).value()).isFalse();
    assertThat(asks(() -> sync.client.exists("/m/a/b", AN_HOUR))).isFalse();
    assertThat(asks(() -> sync.client.exists("/m/a/b", AT_ONCE))).isTrue();
    long checked = System.nanoTime();
    org.awaitility.Awaitility.await()
        .until(() -> System.nanoTime() - checked > TimeUnit.MILLISECONDS.toNanos(20));
    ReadOptions tenMillis = ReadOptions.DEFAULT.withSyncIntervalMillis(10);
    sync.store.write("a/b", 1);
    assertThat(sync.exists("/m/a/b")).isFalse();
    assertThat(sync.client.exists("/m/a/b", AN_HOUR).value()).isFalse();
    assertThat(sync.client.exists("/m/a/b", tenMillis).value()).isTrue();
    assertThat(sync.exists("/m/a/b")).isTrue();
  }

  @Test
  void aLaterCheckCountsAlsoWhileNothingIsJournaled() {
    sync.with("cadastre.master.metadata.sync.mark.delay", "1m");
    start();
    sync.client.exists("/m/a/b", AN_HOUR);
    long checked = System.nanoTime();
    org.awaitility.Awaitility.await()
        .until(() -> System.nanoTime() - checked > TimeUnit.MILLISECONDS.toNanos(3_000));
    sync.client.exists("/m/a/b", AT_ONCE);
    ReadOptions twoSeconds = ReadOptions.DEFAULT.withSyncIntervalMillis(2_000);
    assertThat(asks(() -> sync.client.exists("/m/a/b", twoSeconds))).isFalse();
  }

  @Test
  void whatCameFromOutsideIsSeenByAlwaysByASyncAndByNothingElse() {
    start();
    learnAbsent("/m/a/always");
    learnAbsent("/m/a/listed");
    sync.store.write("a/always", 1);
    sync.store.write("a/listed", 1);
    assertThat(sync.exists("/m/a/always")).isFalse();
    assertThat(sync.client.exists("/m/a/always", ALWAYS).value()).isTrue();
    assertThat(sync.exists("/m/a/always")).isTrue();
    assertThat(sync.exists("/m/a/listed")).isFalse();
    sync.names("/m/a", AT_ONCE);
    assertThat(sync.exists("/m/a/listed")).isTrue();
    // It goes again, behind the cluster's back, and comes back: a sync saw it go.
    sync.store.remove("a/listed");
    sync.names("/m/a", AT_ONCE);
    sync.store.write("a/listed", 2);
    assertThat(sync.exists("/m/a/listed")).isTrue();
  }

  @Test
  void aCreateThereAndAForgettingOfItDropTheEntry() {
    start();
    learnAbsent("/m/a/made");
    sync.client.createDirectory("/m/a/made");
    assertThat(sync.exists("/m/a/made")).isTrue();
    sync.client.delete("/m/a/made", HERE_ONLY);
    // The store still has it.
    assertThat(sync.exists("/m/a/made")).isTrue();
  }

  @Test
  void aCreateAboveDropsTheEntry() {
    start();
    learnAbsent("/m/a/x/y");
    sync.client.createDirectory("/m/a/x");
    sync.store.write("a/x/y", 1);
    assertThat(sync.exists("/m/a/x/y")).isTrue();
  }

  @Test
  void aCreateBelowDropsTheEntry() {
    start();
    learnAbsent("/m/a/x");
    sync.client.createDirectory("/m/a/x/y", DirectoryOptions.DEFAULT.withParents(true));
    assertThat(sync.exists("/m/a/x")).isTrue();
    sync.client.delete("/m/a/x", HERE_ONLY);
    assertThat(sync.exists("/m/a/x/y")).isTrue();
  }

  @Test
  void aRenameOntoItAndAwayDropsTheEntry() {
    start();
    learnAbsent("/m/z/to");
    learnAbsent("/m/z/stays");
    sync.client.rename("/m/a/file", "/m/z/to", false);
    assertThat(sync.exists("/m/z/to")).isTrue();
    sync.client.rename("/m/z/to", "/m/a/again", false);
    sync.store.write("z/to", 1);
    assertThat(sync.exists("/m/z/to")).isTrue();
    // The directory lost an entry: what else was absent in it is asked for once more.
    assertThat(statAsks("/m/z/stays")).isTrue();
    assertThat(statAsks("/m/z/stays")).isFalse();
  }

  @Test
  void aRenameAboveDropsTheEntry() {
    start();
    sync.client.createDirectory("/m/a/deep");
    learnAbsent("/m/a/deep/b");
    sync.client.rename("/m/a", "/m/z/moved", false);
    assertThat(statAsks("/m/z/moved/deep/b")).isTrue();
    learnAbsent("/m/a/deep/b");
    sync.client.rename("/m/z/moved", "/m/a", false);
    assertThat(statAsks("/m/a/deep/b")).isTrue();
  }

  @Test
  void aMountThereOrAboveOrBelowDropsTheEntry() {
    start();
    MemoryStore inner = MemoryStore.named("inner-" + System.nanoTime());
    inner.write("q", 1);
    // There.
    learnAbsent("/m/z/at/q");
    sync.client.mount("/m/z/at", inner.uri(), MountOptions.DEFAULT);
    assertThat(sync.exists("/m/z/at/q")).isTrue();
    sync.client.unmount("/m/z/at");
    assertThat(statAsks("/m/z/at/q")).isTrue();
    // Above.
    sync.client.createDirectory("/m/z/empty");
    learnAbsent("/m/z/empty/q");
    sync.client.mount("/m/z/empty", inner.uri(), MountOptions.DEFAULT);
    assertThat(sync.exists("/m/z/empty/q")).isTrue();
    sync.client.unmount("/m/z/empty");
    // Below: only once there is a directory to mount in.
    learnAbsent("/m/z/new");
    assertThatThrownBy(() -> sync.client.mount("/m/z/new/q", inner.uri(), MountOptions.DEFAULT))
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    sync.client.createDirectory("/m/z/new");
    sync.client.mount("/m/z/new/q", inner.uri(), MountOptions.DEFAULT);
    assertThat(sync.exists("/m/z/new/q/q")).isTrue();
    sync.client.unmount("/m/z/new/q");
    assertThat(statAsks("/m/z/new/q")).isTrue();
  }

  @Test
  void aMountThatWasChangedOrMadeAnewIsAskedAgain() {
    start();
    learnAbsent("/m/a/b");
    sync.client.updateMount("/m", MountChanges.NONE.withWritable(false));
    assertThat(statAsks("/m/a/b")).isTrue();
    learnAbsent("/m/a/b");
    sync.client.unmount("/m");
    sync.client.mount("/m", sync.store.uri(), MountOptions.DEFAULT);
    assertThat(statAsks("/m/a/b")).isTrue();
  }

  @Test
  void aCreateWhileTheCheckIsUnderWayDropsTheEntry() throws Exception {
    start();
    Gate gate = sync.store.faults().on(StoreOperation.STATUS).at("a/late").times(1).pauseAfter();
    CompletableFuture<Answer<Boolean>> check =
        CompletableFuture.supplyAsync(() -> sync.client.exists("/m/a/late", AN_HOUR));
    gate.awaitArrival();
    try {
      sync.client.createDirectory("/m/a/late");
      sync.client.delete("/m/a/late", HERE_ONLY);
    } finally {
      gate.release();
    }
    // The store was asked before, and said absent after, it was made.
    assertThat(check.get(20, TimeUnit.SECONDS).value()).isFalse();
    assertThat(sync.store.exists("a/late")).isTrue();
    assertThat(sync.exists("/m/a/late")).isTrue();
  }

  @Test
  void aDirectoryThatWasExchangedWhileTheCheckWasUnderWayDropsTheEntry() throws Exception {
    start();
    sync.store.write("other/late", 1);
    sync.load("/m", ALL);
    sync.client.delete("/m/other/late", HERE_ONLY);
    Gate gate = sync.store.faults().on(StoreOperation.STATUS).at("a/late").times(1).pauseAfter();
    CompletableFuture<Answer<Boolean>> check =
        CompletableFuture.supplyAsync(() -> sync.client.exists("/m/a/late", AN_HOUR));
    gate.awaitArrival();
    try {
      sync.client.rename("/m/a", "/m/away", false);
      sync.client.rename("/m/other", "/m/a", false);
    } finally {
      gate.release();
    }
    check.get(20, TimeUnit.SECONDS);
    assertThat(statAsks("/m/away/late")).isTrue();
    assertThat(sync.exists("/m/a/late")).isTrue();
  }

  @Test
  void aNewLeaderStartsWithNothing() {
    start();
    learnAbsent("/m/a/b");
    sync.master.restart();
    assertThat(statAsks("/m/a/b")).isTrue();
  }

  @Test
  void whatTheStoreDoesNotSayIsNoEntry() {
    start();
    sync.store.faults().on(StoreOperation.STATUS).at("a/b").fail(Kind.UNAVAILABLE);
    assertThatThrownBy(() -> sync.client.withRetries(false).exists("/m/a/b"))
        .isInstanceOf(MetadataException.class);
    sync.store.faults().clear();
    sync.store.write("a/b", 1);
    assertThat(sync.exists("/m/a/b")).isTrue();
  }

  @Test
  void aChangeIsNeverDecidedOnAnEntry() {
    start();
    learnAbsent("/m/a/directory");
    learnAbsent("/m/a/new-file");
    sync.store.mkdirs("a/directory");
    sync.store.write("a/new-file", 7);
    assertThat(
            catchThrowableOfType(
                    MetadataException.class, () -> sync.client.createDirectory("/m/a/directory"))
                .code())
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(
            catchThrowableOfType(
                    MetadataException.class,
                    () -> sync.client.createFile("/m/a/new-file", FileOptions.DEFAULT))
                .code())
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    // What was in the way is known from then on.
    assertThat(sync.stat("/m/a/new-file").getSize()).isEqualTo(7);
  }

  @Test
  void whatIsBelowAnInvalidatedDirectoryIsAskedFor() {
    sync.store.write("a/to", 1);
    start();
    learnAbsent("/m/a/b");
    sync.store.faults().on(StoreOperation.RENAME).fail(Kind.DENIED);
    assertThat(
            catchThrowableOfType(
                    MetadataException.class,
                    () -> sync.client.withRetries(false).rename("/m/a/file", "/m/a/to", true))
                .code())
        .isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    sync.store.faults().clear();
    assertThat(statAsks("/m/a/b")).isTrue();
    assertThat(statAsks("/m/a/b")).isTrue();
    sync.names("/m/a");
    learnAbsent("/m/a/b");
  }

  @Test
  void theCacheIsBoundedAndCounted() {
    sync.with("cadastre.master.metadata.sync.absent.cache.max.entries", "10");
    sync.master.withHttp();
    start();
    for (int i = 0; i < 100; i++) {
      assertThat(sync.exists("/m/a/missing-" + i)).isFalse();
    }
    assertThat(metric("entries")).isLessThanOrEqualTo(10);
    assertThat(metric("evictions_total")).isEqualTo(90);
    assertThat(metric("misses_total")).isEqualTo(100);
    assertThat(metric("hits_total")).isZero();
    long before = requests();
    for (int i = 0; i < 100; i++) {
      sync.exists("/m/a/missing-99/" + i);
    }
    assertThat(metric("hits_total") + requests() - before).isEqualTo(100);
  }

  private long metric(String name) {
    return sync.master
        .http("/metrics")
        .lines()
        .filter(line -> line.startsWith("cadastre_sync_absent_cache_" + name + " "))
        .map(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void statSaysWhyAnAbsentPathWasNotAskedFor() {
    start();
    learnAbsent("/m/a/b");
    assertThatThrownBy(() -> sync.client.getStatus("/m/a/b/c"))
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
              assertThat(e.context().get("sync"))
                  .matches("not due: the store was asked \\d+ ms ago and does not have it");
            });
  }
}
