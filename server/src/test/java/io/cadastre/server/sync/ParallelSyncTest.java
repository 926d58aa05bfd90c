package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.MountOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StateKeys;
import io.cadastre.journal.store.StoreBatch;
import io.cadastre.journal.store.StoreSettings;
import io.cadastre.journal.tools.JournalDump;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A recursive sync by several threads, and listings asked for ahead. */
class ParallelSyncTest {
  @TempDir Path directory;

  private SyncFixture fixture(int concurrency, int threads, int prefetch) {
    return new SyncFixture(directory)
        .with("cadastre.master.metadata.sync.concurrency.level", "" + concurrency)
        .with("cadastre.master.metadata.sync.executor.pool.size", "" + threads)
        .with("cadastre.master.metadata.sync.access.pool.size", "" + threads)
        .with("cadastre.master.metadata.sync.ufs.prefetch.pool.size", "" + prefetch);
  }

  private static String name(int number) {
    return String.format("d%02d", number);
  }

  @ParameterizedTest
  @CsvSource({"6, 7, 0, 6", "1, 4, 20, 12", "3, 4, 20, 12"})
  void soManyListingsAreUnderWayAtOnce(int concurrency, int threads, int prefetch, int atOnce)
      throws Exception {
    try (SyncFixture sync = fixture(concurrency, threads, prefetch)) {
      for (int i = 0; i < 12; i++) {
        sync.store.write(name(i) + "/file", 1);
      }
      sync.start();
      List<Gate> gates = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        gates.add(sync.store.faults().on(StoreOperation.LIST).at(name(i)).pause());
      }
      CompletableFuture<LoadMetadataProgress> load =
          CompletableFuture.supplyAsync(() -> sync.load("/m", ALL));
      // None of these is answered before all of them were asked.
      for (int i = 0; i < atOnce; i++) {
        gates.get(i).awaitArrival();
      }
      gates.forEach(Gate::release);
      assertThat(load.join().getCreated()).isEqualTo(24);
      assertThat(load.join().getStoreListings()).isEqualTo(13);
    }
  }

  /** Many shapes, with everything that is bounded bound tightly. */
  @ParameterizedTest
  @CsvSource({"1, 0", "6, 0", "1, 8", "6, 8"})
  void endsWithWhatTheStoreHas(int concurrency, int prefetch) throws Exception {
    try (SyncFixture sync =
        fixture(concurrency, 8, prefetch)
            .with("cadastre.master.metadata.sync.directories.in.memory", "3")
            .with("cadastre.master.metadata.sync.deletes.in.memory", "5")
            .with("cadastre.master.metadata.sync.batch.records", "20")
            .with("cadastre.master.metadata.sync.delete.guard.share", "1")
            .with("cadastre.master.metadata.sync.status.cache.max.entries", "1000")) {
      Random random = new Random(7);
      List<String> directories = new ArrayList<>(List.of("top"));
      sync.store.mkdirs("top");
      for (int i = 0; i < 300; i++) {
        String above = directories.get(random.nextInt(directories.size()));
        if (random.nextInt(3) == 0) {
          directories.add(above + "/d" + i);
          sync.store.mkdirs(above + "/d" + i);
        } else {
          sync.store.write(above + "/f" + i, i);
        }
      }
      sync.start();
      LoadMetadataProgress first = sync.load("/m", ALL);
      assertThat(first.getFailed()).isZero();
      assertThat(first.getCreated()).isEqualTo(301);
      assertThat(first.getStoreListings()).isEqualTo(directories.size() + 1);
      LoadMetadataProgress again = sync.load("/m", ALL_AGAIN);
      assertThat(again.getUnchanged()).isEqualTo(301);
      assertThat(again.getCreated() + again.getUpdated() + again.getDeleted()).isZero();
      // A third goes, a third changes its kind.
      List<String> gone = new ArrayList<>();
      for (int i = 1; i < directories.size(); i++) {
        String path = directories.get(i);
        if (i % 3 == 2 || gone.stream().anyMatch(above -> path.startsWith(above + "/"))) {
          continue;
        }
        gone.add(path);
        sync.store.remove(path);
        if (i % 3 == 1) {
          sync.store.write(path, 5);
        }
      }
      assertThat(gone).hasSizeGreaterThan(5);
      sync.load("/m", ALL_AGAIN);
      LoadMetadataProgress check = sync.load("/m", ALL_AGAIN.withDryRun(true));
      assertThat(sync.differences).isEmpty();
      assertThat(check.getFailed()).isZero();
    }
  }

  /** Entries that are made together are locked together; one that is busy holds up no other. */
  @Test
  void aLockedEntryWaitsAloneWhereManyAreMade() throws Exception {
    try (SyncFixture sync = fixture(1, 4, 0)) {
      sync.store.mkdirs("d");
      sync.start(MountOptions.DEFAULT.withWritable(true));
      sync.load("/m", ALL);
      Gate gate = sync.store.faults().on(StoreOperation.CREATE_DIRECTORY).at("d/f10").pause();
      CompletableFuture<?> mkdir =
          CompletableFuture.runAsync(() -> sync.client.createDirectory("/m/d/f10"))
              .exceptionally(failure -> null);
      gate.awaitArrival();
      for (int i = 0; i < 20; i++) {
        sync.store.write("d/f" + (i + 1), i);
      }
      CompletableFuture<LoadMetadataProgress> load =
          CompletableFuture.supplyAsync(() -> sync.load("/m", ALL_AGAIN));
      await().until(() -> sync.exists("/m/d/f1") && sync.exists("/m/d/f20"));
      assertThat(load).isNotDone();
      gate.release();
      assertThat(load.join().getCreated()).isEqualTo(20);
      mkdir.join();
      sync.load("/m", ALL_AGAIN.withDryRun(true));
      assertThat(sync.differences).isEmpty();
    }
  }

  /** Until somebody raises its level, a cluster that was made by the first release stays at 1. */
  @Test
  void aClusterOfTheFirstFormatGetsRecordsThatItsMembersKnow() throws Exception {
    List<String> lines = new ArrayList<>();
    // As among members that cannot read more.
    try (SyncFixture sync =
        fixture(1, 4, 0).with("cadastre.master.journal.format.raise", "false")) {
      for (int i = 0; i < 30; i++) {
        sync.store.write("d/f" + i, i);
      }
      sync.start();
      sync.master.stop();
      try (RocksInodeStore inodes =
          RocksInodeStore.open(
              sync.master.directory().resolve("data/store"), StoreSettings.defaults())) {
        StoreBatch batch = new StoreBatch(inodes);
        batch.put(Family.STATE, StateKeys.FORMAT_LEVEL, KeyLayout.id(1));
        batch.commit();
      }
      sync.master.start();
      assertThat(sync.load("/m", ALL).getCreated()).isEqualTo(31);
      sync.master.stop();
      JournalDump.dump(sync.master.directory().resolve("data"), 0, Long.MAX_VALUE, lines::add);
    }
    assertThat(lines).anyMatch(line -> line.contains("create_inode\""));
    assertThat(lines).noneMatch(line -> line.contains("create_inodes\""));
  }

  /** Threads rest between pages and entries; flat runs take turns at the pages of one range. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void runsThatGiveWayMissNothing(boolean flat) throws Exception {
    try (SyncFixture sync =
        fixture(6, 8, 8)
            .with("cadastre.master.metadata.sync.rest", "0.5")
            .with("cadastre.master.metadata.sync.batch.records", "50")) {
      sync.store.setFlat(flat).setPageEntries(20);
      for (int i = 0; i < 4_000; i++) {
        sync.store.write(name(i % 7) + "/f" + i, i);
      }
      sync.start();
      AtomicBoolean done = new AtomicBoolean();
      CompletableFuture<Void> callers =
          CompletableFuture.runAsync(
              () -> {
                while (!done.get()) {
                  sync.exists("/m");
                }
              });
      try {
        assertThat(sync.load("/m", ALL).getCreated()).isEqualTo(4_007);
        assertThat(sync.load("/m", ALL_AGAIN).getUnchanged()).isEqualTo(4_007);
      } finally {
        done.set(true);
      }
      callers.join();
      sync.load("/m", ALL_AGAIN.withDryRun(true));
      assertThat(sync.differences).isEmpty();
    }
  }

  /** Links with long targets: what is made together must fit into one operation of the journal. */
  @Test
  void manyLongEntriesAreMadeInSeveralParts() throws Exception {
    try (SyncFixture sync = fixture(1, 4, 0)) {
      for (int i = 0; i < 600; i++) {
        sync.store.symlink("d/l" + i, "t".repeat(4_000));
      }
      sync.start();
      LoadMetadataProgress load = sync.load("/m", ALL);
      assertThat(load.getFailed()).isZero();
      assertThat(load.getCreated()).isEqualTo(601);
    }
  }

  /**
   * The row of a directory changes with its entries, and these may be written first: whoever has
   * compared the directory above waits for d00 here, with the updates of d00 to d05 in its hands.
   */
  @Test
  void aDirectoryIsUpdatedAlthoughItsEntriesWereWrittenFirst() throws Exception {
    try (SyncFixture sync = fixture(2, 4, 0)) {
      for (int i = 0; i < 6; i++) {
        sync.store.write(name(i) + "/file", 1);
      }
      sync.start();
      sync.load("/m", ALL);
      for (int i = 0; i < 6; i++) {
        sync.store.write(name(i) + "/new", 1);
      }
      Gate first = sync.store.faults().on(StoreOperation.LIST).at("d00").pause();
      CompletableFuture<LoadMetadataProgress> load =
          CompletableFuture.supplyAsync(() -> sync.load("/m", ALL_AGAIN));
      first.awaitArrival();
      await().until(() -> sync.exists("/m/d05/new"));
      first.release();
      LoadMetadataProgress progress = load.join();
      assertThat(progress.getUpdated()).isEqualTo(6);
      assertThat(progress.getCreated()).isEqualTo(6);
      assertThat(progress.getSkipped()).isZero();
      sync.load("/m", ALL_AGAIN.withDryRun(true));
      assertThat(sync.differences).isEmpty();
    }
  }

  @Test
  void aListingThatFailsInTheMiddleTakesBackTheDeletesOfItsDirectoryOnly() {
    try (SyncFixture sync = fixture(6, 8, 8)) {
      for (int d = 0; d < 8; d++) {
        for (int i = 0; i < 5; i++) {
          sync.store.write("d" + d + "/f" + i, 1);
        }
      }
      sync.start();
      sync.load("/m", ALL);
      for (int d = 0; d < 8; d++) {
        sync.store.remove("d" + d + "/f2");
      }
      sync.store.faults().on(StoreOperation.LIST).at("d3").fail(Kind.DENIED);
      LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
      assertThat(progress.getFailed()).isEqualTo(1);
      assertThat(progress.getDeleted()).isEqualTo(7);
      assertThat(sync.exists("/m/d3/f2")).isTrue();
      assertThat(sync.exists("/m/d4/f2")).isFalse();
    }
  }

  @Test
  void aLongSyncDoesNotKeepReadersOfOnePathWaiting() throws Exception {
    try (SyncFixture sync = fixture(6, 2, 0)) {
      for (int i = 0; i < 12; i++) {
        sync.store.write("d" + i + "/file", 1);
      }
      sync.start();
      Gate gate = sync.store.faults().on(StoreOperation.LIST).under("d0").pause();
      CompletableFuture<LoadMetadataProgress> load =
          CompletableFuture.supplyAsync(() -> sync.load("/m", ALL));
      gate.awaitArrival();
      assertThat(sync.client.exists("/m/d5/file", SyncFixture.AT_ONCE).value()).isTrue();
      gate.release();
      load.join();
    }
  }
}
