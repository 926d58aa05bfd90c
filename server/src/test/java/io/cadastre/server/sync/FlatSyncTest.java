package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static io.cadastre.server.sync.SyncFixture.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.AttributeChanges;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.MountOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Recursive runs over a store that lists flat, in parallel ranges of keys. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class FlatSyncTest {
  private SyncFixture sync;

  @BeforeEach
  void prepare(@TempDir Path directory) {
    sync =
        new SyncFixture(directory)
            .with("cadastre.master.metadata.sync.concurrency.level", "2")
            .with("cadastre.master.metadata.sync.executor.pool.size", "4")
            .with("cadastre.master.metadata.sync.deletes.in.memory", "16")
            .with("cadastre.master.metadata.sync.delete.guard.count", "20");
    sync.store.setFlat(true).setDirectories(false).setOwnership(false).setPageEntries(10);
  }

  @AfterEach
  void stop() {
    sync.store.faults().clear();
    sync.close();
  }

  private void files(String directory, int from, int to) {
    for (int i = from; i < to; i++) {
      sync.store.write(name(directory, i), 1);
    }
  }

  private static String name(String directory, int number) {
    return String.format("%s/f%05d", directory, number);
  }

  private long known() {
    return sync.client.count("/m").value().getFiles();
  }

  @Test
  void oneHugeDirectoryIsListedInRangesWithLittleMemory() {
    sync.with("cadastre.master.metadata.sync.delete.guard.share", "1");
    sync.store.setPageEntries(500);
    files("huge", 0, 6_000);
    sync.start();
    LoadMetadataProgress first = sync.load("/m", ALL);
    assertThat(first.getCreated()).isEqualTo(6_001);
    assertThat(first.getFailed() + first.getSkipped()).isZero();
    assertThat(first.getDirectories()).isEqualTo(2);
    // Eight ranges; a page of each may be short.
    assertThat(first.getStoreListings()).isBetween(12L, 20L);
    assertThat(sync.store.requests(StoreOperation.LIST)).isZero();
    LoadMetadataProgress again = sync.load("/m", ALL_AGAIN);
    assertThat(again.getUnchanged()).isEqualTo(6_001);
    for (int i = 0; i < 6_000; i += 2) {
      sync.store.remove(name("huge", i));
    }
    files("huge", 6_000, 6_100);
    LoadMetadataProgress changed = sync.load("/m", ALL_AGAIN);
    assertThat(changed.getDeleted()).isEqualTo(3_000);
    assertThat(changed.getCreated()).isEqualTo(100);
    assertThat(changed.getFailed() + changed.getSkipped()).isZero();
    assertThat(known()).isEqualTo(3_100);
  }

  @Test
  void whatWasComparedIsMarkedAndCoversLaterReads() {
    files("d", 0, 50);
    files("e/x", 0, 50);
    sync.start();
    sync.load("/m", ALL_AGAIN);
    assertThat(sync.stat("/m/d").getChildrenSyncedMillis()).isPositive();
    assertThat(sync.stat("/m/e").getChildrenSyncedMillis()).isPositive();
    assertThat(sync.stat("/m/e/x").getChildrenSyncedMillis()).isPositive();
    long requests = sync.store.requests(StoreOperation.LIST);
    assertThat(sync.names("/m/e/x")).hasSize(50);
    assertThat(sync.store.requests(StoreOperation.LIST)).isEqualTo(requests);
  }

  /** The deletes of the one are dropped while those of the other, in the same page, are to come. */
  @Test
  void neitherOfTwoDirectoriesWithAnUnreadableEntryLosesAny() {
    files("a", 0, 25);
    files("b", 0, 15);
    for (String other : List.of("c", "d", "e", "f", "g", "h", "i", "j")) {
      files(other, 0, 45);
    }
    sync.start();
    sync.load("/m", ALL);
    long before = known();
    for (int i = 0; i < 3; i++) {
      sync.store.remove(name("a", i));
      sync.store.remove(name("b", i + 1));
    }
    sync.store.setUnreadable(name("a", 24), "injected");
    sync.store.setUnreadable(name("b", 14), "injected");
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);

    assertThat(progress.getFailed()).isEqualTo(2);
    assertThat(progress.getDeleted()).isZero();
    assertThat(known()).isEqualTo(before);
  }

  @Test
  void aRecursiveListingAtIntervalZeroIsFlatToo() {
    files("d", 0, 30);
    sync.start();
    List<String> names = new ArrayList<>();
    try (ListStream pages =
        sync.client.list("/m", ListOptions.DEFAULT.withRecursive(true).withRead(AT_ONCE))) {
      pages.forEachRemaining(page -> page.entries().forEach(entry -> names.add(entry.getName())));
    }
    assertThat(names).hasSize(31);
    assertThat(sync.store.requests(StoreOperation.FLAT_PAGE)).isPositive();
    assertThat(sync.store.requests(StoreOperation.LIST)).isZero();
  }

  @Test
  void aBoundaryThroughADirectoryThatHasGoneTakesItAwayAsAWhole() {
    files("a", 0, 40);
    files("b/deep/er", 0, 40);
    files("c", 0, 40);
    sync.with("cadastre.master.metadata.sync.delete.guard.count", "1000").start();
    sync.load("/m", ALL);
    // The points are found, and then what they lie in goes.
    sync.store
        .faults()
        .on(StoreOperation.LIST_FLAT)
        .call(2)
        .times(1)
        .run(() -> sync.store.remove("b/deep"));
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getFailed()).isZero();
    assertThat(progress.getDeleted()).isEqualTo(1);
    assertThat(known()).isEqualTo(80);
    assertThat(sync.exists("/m/b/deep")).isFalse();
  }

  @Test
  void aPageThatFailsInTheMiddleLetsNothingGo() {
    files("a", 0, 100);
    files("b", 0, 100);
    sync.start();
    sync.load("/m", ALL);
    sync.store.remove(name("a", 3));
    sync.store.remove(name("b", 99));
    files("b", 100, 120);
    sync.store.faults().on(StoreOperation.FLAT_PAGE).page(1).call(2).times(1).fail(Kind.UNKNOWN);
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getFailed()).isEqualTo(1);
    assertThat(progress.getDeleted()).isZero();
    assertThat(sync.exists("/m/" + name("a", 3))).isTrue();
    assertThat(sync.exists("/m/" + name("b", 99))).isTrue();
    sync.store.faults().clear();
    LoadMetadataProgress again = sync.load("/m", ALL_AGAIN);
    assertThat(again.getDeleted()).isEqualTo(2);
    assertThat(known()).isEqualTo(218);
  }

  @Test
  void aStoreThatCannotBeCutIsNotCompared() {
    files("a", 0, 100);
    sync.start();
    sync.store.faults().on(StoreOperation.LIST_FLAT).fail(Kind.UNKNOWN);
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getFailed()).isEqualTo(1);
    assertThat(progress.getDirectories() + progress.getCreated()).isZero();
  }

  @Test
  void whatCannotBeReadKeepsItsDirectoryOnly() {
    files("a", 0, 100);
    files("b", 0, 100);
    sync.start();
    sync.load("/m", ALL);
    sync.store.remove(name("a", 3));
    sync.store.remove(name("a", 97));
    sync.store.remove(name("b", 3));
    sync.store.setUnreadable(name("a", 50), "special file");
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getFailed()).isEqualTo(1);
    assertThat(progress.getFailures(0).getPath()).isEqualTo("/m/" + name("a", 50));
    assertThat(progress.getDeleted()).isEqualTo(1);
    assertThat(sync.exists("/m/" + name("a", 3))).isTrue();
    assertThat(sync.exists("/m/" + name("a", 97))).isTrue();
    assertThat(sync.exists("/m/" + name("a", 50))).isTrue();
    assertThat(sync.exists("/m/" + name("b", 3))).isFalse();
  }

  @Test
  void keysBelowANestedMountAreItsOwn() {
    files("a", 0, 40);
    files("n/below", 0, 40);
    files("z", 0, 40);
    sync.start();
    String nested = "nested-" + sync.hashCode();
    MemoryStore.named(nested).write("own", 1);
    sync.client.mount("/m/n", MemoryStore.named(nested).uri(), MountOptions.DEFAULT);
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getFailed()).isZero();
    assertThat(progress.getFiles()).isEqualTo(80);
    assertThat(sync.names("/m/n")).containsExactly("own");
    sync.store.remove("n");
    assertThat(sync.load("/m", ALL_AGAIN).getDeleted()).isZero();
    assertThat(sync.names("/m/n")).containsExactly("own");
    MemoryStore.forget(nested);
  }

  @Test
  void theGuardHoldsWhatIsTooMuch() {
    files("a", 0, 200);
    files("b", 0, 20);
    sync.start();
    sync.load("/m", ALL);
    sync.store.remove("a");
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getCondition()).startsWith("GUARDED").contains("201");
    assertThat(known()).isEqualTo(220);
    LoadMetadataProgress forced = sync.load("/m", ALL_AGAIN.withOverrideGuard(true));
    assertThat(forced.getDeleted()).isEqualTo(1);
    assertThat(known()).isEqualTo(20);
  }

  @Test
  void anEmptyRootSaysNothing() {
    files("a", 0, 5);
    sync.start();
    sync.load("/m", ALL);
    sync.store.remove("");
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getFailures(0).getMessage()).contains("root is empty");
    assertThat(known()).isEqualTo(5);
    sync.load("/m", ALL_AGAIN.withOverrideGuard(true));
    assertThat(known()).isZero();
  }

  @Test
  void aDirectoryThatGoesBetweenTwoRequestsGoes() {
    files("a", 0, 30);
    files("b", 0, 5);
    sync.start();
    sync.load("/m", ALL);
    sync.store.faults().on(StoreOperation.LIST_FLAT).times(1).run(() -> sync.store.remove("a"));
    LoadMetadataProgress progress = sync.load("/m/a", ALL_AGAIN.withOverrideGuard(true));
    assertThat(progress.getDeleted()).isEqualTo(1);
    assertThat(sync.exists("/m/a")).isFalse();
    assertThat(known()).isEqualTo(5);
  }

  @Test
  void aCancelledLoadEndsBetweenTwoPagesAndTakesNothingAway() {
    files("a", 0, 200);
    sync.start();
    sync.load("/m", ALL);
    sync.store.remove(name("a", 1));
    sync.store.faults().on(StoreOperation.FLAT_PAGE).delay(Duration.ofSeconds(1));
    long task = sync.client.startLoad("/m", ALL_AGAIN).value().getTaskId();
    long before = sync.store.requests(StoreOperation.FLAT_PAGE);
    await().until(() -> sync.store.requests(StoreOperation.FLAT_PAGE) > before);
    sync.client.cancelTask(task);
    await()
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () -> sync.client.listTasks(0, 0).value().getTasks(0).getState().equals("CANCELLED"));
    // Eight ranges of three pages.
    assertThat(sync.store.requests(StoreOperation.FLAT_PAGE) - before).isLessThan(20);
    assertThat(known()).isEqualTo(200);
  }

  @Test
  void whatTheClusterChangesMeanwhileIsNotUndone() throws Exception {
    files("d", 0, 100);
    sync.start(MountOptions.DEFAULT.withWritable(true));
    sync.load("/m", ALL);
    sync.store.write(name("d", 5), 55);
    Gate gate = sync.store.faults().on(StoreOperation.FLAT_PAGE).times(1).pauseAfter();
    CompletableFuture<LoadMetadataProgress> run =
        CompletableFuture.supplyAsync(() -> sync.load("/m", ALL_AGAIN));
    gate.awaitArrival();
    sync.client.delete("/m/" + name("d", 1), DeleteOptions.DEFAULT);
    sync.client.rename("/m/" + name("d", 2), "/m/d/moved", false);
    sync.client.setAttributes("/m/" + name("d", 3), AttributeChanges.NONE.mode(0600));
    gate.release();
    LoadMetadataProgress progress = run.join();
    assertThat(progress.getFailed()).isZero();
    assertThat(sync.exists("/m/" + name("d", 1))).isFalse();
    assertThat(sync.exists("/m/" + name("d", 2))).isFalse();
    assertThat(sync.exists("/m/d/moved")).isTrue();
    assertThat(sync.stat("/m/" + name("d", 3)).getMode()).isEqualTo(0600);
    assertThat(sync.stat("/m/" + name("d", 5)).getSize()).isEqualTo(55);
  }
}
