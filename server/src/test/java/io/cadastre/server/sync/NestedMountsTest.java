package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static io.cadastre.server.sync.SyncFixture.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.MountOptions;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies in a mount within a mount is nothing that the outer one's store should have. */
class NestedMountsTest {
  private static final ReadOptions KNOWN = ReadOptions.DEFAULT.withLoadType(LoadType.NEVER);
  private static final ReadOptions AN_HOUR = ReadOptions.DEFAULT.withSyncIntervalMillis(3_600_000);

  private final String nestedName = "nested-" + UUID.randomUUID();
  private final MemoryStore nested = MemoryStore.named(nestedName);
  private SyncFixture sync;

  @BeforeEach
  void start(@TempDir Path directory) {
    sync =
        new SyncFixture(directory).with("cadastre.master.metadata.sync.delete.guard.count", "20");
    for (int i = 0; i < 200; i++) {
      nested.write("n" + i, 1);
    }
  }

  @AfterEach
  void stop() {
    sync.store.faults().clear();
    sync.close();
    MemoryStore.forget(nestedName);
  }

  private void mountBoth() {
    sync.start();
    sync.client.mount("/m/n", nested.uri(), MountOptions.DEFAULT);
    sync.load("/m", ALL);
    sync.load("/m/n", ALL);
  }

  @Test
  void itsEntriesDoNotMakeUpForThoseThatAreGone() {
    for (int i = 0; i < 40; i++) {
      sync.store.write("f" + i, 1);
    }
    mountBoth();
    for (int i = 0; i < 30; i++) {
      sync.store.remove("f" + i);
    }
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);

    assertThat(progress.getDeleted()).isZero();
    assertThat(progress.getCondition()).startsWith("GUARDED");
    assertThat(sync.client.count("/m").value().getFiles()).isEqualTo(240);
  }

  @Test
  void anEmptyStoreAroundItIsEmptyByRight() {
    mountBoth();
    assertThat(sync.load("/m", ALL_AGAIN).getFailuresList()).isEmpty();
    assertThat(sync.names("/m", AT_ONCE)).containsExactly("n");
    sync.store.setFlat(true);
    assertThat(sync.load("/m", ALL_AGAIN).getFailuresList()).isEmpty();
    assertThat(sync.client.count("/m").value().getFiles()).isEqualTo(200);
  }

  /** Another store hangs at /m/tmp, and all of it is known. */
  private void mountAtTmp() {
    sync.client.mount("/m/tmp", nested.uri(), MountOptions.DEFAULT);
    sync.load("/m/tmp", ALL_AGAIN);
  }

  /** What the outer store has at tmp is nothing of what hangs there now, nor is any mark. */
  private void tmpIsTheOther(LoadMetadataProgress progress) {
    assertThat(progress.getFailuresList()).isEmpty();
    assertThat(progress.getDeleted()).isZero();
    assertThat(sync.names("/m/tmp", KNOWN)).hasSize(200).doesNotContain("outer");
    nested.write("late", 1);
    assertThat(sync.names("/m/tmp", AT_ONCE)).contains("late");
  }

  @Test
  void aStoreThatIsMountedWhereARunIsAboutToGoIsLeftAlone() throws Exception {
    sync.with("cadastre.master.metadata.sync.concurrency.level", "1")
        .with("cadastre.master.metadata.sync.ufs.prefetch.pool.size", "0");
    sync.store.mkdirs("a");
    sync.store.mkdirs("tmp");
    sync.start();
    sync.load("/m", ALL);
    sync.store.write("tmp/outer", 1);
    Gate gate = sync.store.faults().on(StoreOperation.LIST).at("a").times(1).pause();
    CompletableFuture<LoadMetadataProgress> run =
        CompletableFuture.supplyAsync(() -> sync.load("/m", ALL_AGAIN));
    gate.awaitArrival();
    try {
      mountAtTmp();
    } finally {
      gate.release();
    }
    tmpIsTheOther(run.get(30, TimeUnit.SECONDS));
  }

  @Test
  void aStoreThatIsMountedWhereARunListsIsLeftAlone() throws Exception {
    sync.store.mkdirs("tmp");
    sync.start();
    sync.load("/m", ALL);
    sync.store.write("tmp/outer", 1);
    Gate gate = sync.store.faults().on(StoreOperation.PAGE).at("tmp").times(1).pauseAfter();
    CompletableFuture<LoadMetadataProgress> run =
        CompletableFuture.supplyAsync(() -> sync.load("/m", ALL_AGAIN));
    gate.awaitArrival();
    try {
      mountAtTmp();
    } finally {
      gate.release();
    }
    tmpIsTheOther(run.get(30, TimeUnit.SECONDS));
  }

  @Test
  void aStoreThatIsMountedAtTheVeryPathOfARunIsLeftAloneAndTheRunSaysSo() throws Exception {
    sync.store.mkdirs("tmp");
    sync.start();
    sync.load("/m", ALL);
    sync.store.write("tmp/outer", 1);
    Gate gate = sync.store.faults().on(StoreOperation.PAGE).at("tmp").times(1).pauseAfter();
    CompletableFuture<LoadMetadataProgress> run =
        CompletableFuture.supplyAsync(() -> sync.load("/m/tmp", ALL_AGAIN));
    gate.awaitArrival();
    try {
      sync.client.mount("/m/tmp", nested.uri(), MountOptions.DEFAULT);
    } finally {
      gate.release();
    }
    LoadMetadataProgress progress = run.get(30, TimeUnit.SECONDS);
    assertThat(progress.getFailures(0).getCode()).isEqualTo("NOT_A_MOUNT");
    assertThat(sync.names("/m/tmp", AN_HOUR)).hasSize(200).doesNotContain("outer");
  }

  @Test
  void aRunThatWaitedWhileAnotherStoreWasMountedDoesNotAskTheOldOne() throws Exception {
    MemoryStore old = sync.store;
    old.write("a/f", 1);
    MemoryStore hanging = MemoryStore.named(nestedName + "-hanging");
    sync.with("cadastre.master.metadata.sync.access.pool.size", "1");
    sync.master.withHttp();
    sync.start();
    sync.client.mount("/n", hanging.uri(), MountOptions.DEFAULT);
    Gate gate = hanging.faults().on(StoreOperation.STATUS).at("x").times(1).pause();
    CompletableFuture<?> first =
        CompletableFuture.runAsync(() -> sync.client.exists("/n/x", AT_ONCE));
    gate.awaitArrival();
    CompletableFuture<Boolean> second =
        CompletableFuture.supplyAsync(() -> sync.client.exists("/m/a/f", AT_ONCE).value());
    await()
        .until(
            () ->
                sync.master
                    .http("/metrics")
                    .contains("\ncadastre_sync_waiting{kind=\"single\"} 1\n"));
    sync.client.unmount("/m");
    sync.client.mount("/m", nested.uri(), MountOptions.DEFAULT);
    gate.release();
    first.get(30, TimeUnit.SECONDS);
    assertThat(second.get(30, TimeUnit.SECONDS)).isFalse();
    assertThat(sync.client.exists("/m/a", KNOWN).value()).isFalse();
    MemoryStore.forget(nestedName + "-hanging");
  }

  @Test
  void aDirectoryThatWasListedBeforeAStoreWasMountedThereIsListedAnew() {
    sync.store.mkdirs("tmp");
    sync.start();
    sync.load("/m", ALL_AGAIN);
    assertThat(sync.names("/m/tmp", AT_ONCE)).isEmpty();
    sync.client.mount("/m/tmp", nested.uri(), MountOptions.DEFAULT);
    assertThat(sync.names("/m/tmp")).hasSize(200);
  }

  private void keepForAMount(boolean flat) {
    sync.store.setFlat(flat).setPageEntries(3);
    sync.store.write("other", 1);
    sync.store.write("x/d/deep", 1);
    for (int i = 0; i < 8; i++) {
      sync.store.write("x/f" + i, 1);
    }
    sync.store.mkdirs("x/y/z");
    sync.start();
    sync.load("/m", ALL);
    sync.client.mount("/m/x/y/z/n", nested.uri(), MountOptions.DEFAULT);
    sync.load("/m/x/y/z/n", ALL);
  }

  private void onlyTheMountIsLeft(LoadMetadataProgress progress) {
    assertThat(progress.getFailuresList()).isEmpty();
    assertThat(sync.names("/m/x", KNOWN)).containsExactly("y");
    assertThat(sync.names("/m/x/y/z", KNOWN)).containsExactly("n");
    assertThat(sync.client.count("/m").value().getFiles()).isGreaterThanOrEqualTo(200);
    // What was compared is marked, and nothing differs any more.
    assertThat(sync.stat("/m/x").getChildrenSyncedMillis()).isPositive();
    sync.load("/m", ALL_AGAIN.withDryRun(true));
    assertThat(sync.differences).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatElseWasInADirectoryThatIsKeptForAMountGoes(boolean flat) {
    keepForAMount(flat);
    sync.store.remove("x");
    sync.load("/m", ALL_AGAIN.withDryRun(true));
    assertThat(sync.differences).hasSize(9).contains("delete /m/x/d", "delete /m/x/f7");
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getDeleted()).isEqualTo(9);
    onlyTheMountIsLeft(progress);
    sync.store.write("x/d", 1);
    sync.load("/m", ALL_AGAIN);
    assertThat(sync.names("/m/x", KNOWN)).containsExactly("d", "y");
  }

  @Test
  void alsoIfThatIsFoundOutOnlyWhileItsKeysAreListed() {
    keepForAMount(true);
    // The points are found, and then what they lie in goes.
    sync.store
        .faults()
        .on(StoreOperation.LIST_FLAT)
        .call(2)
        .times(1)
        .run(() -> sync.store.remove("x"));
    onlyTheMountIsLeft(sync.load("/m", ALL_AGAIN));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void alsoIfAFileTookItsPlaceOrOneLooksThereOnly(boolean flat) {
    keepForAMount(flat);
    sync.store.remove("x");
    assertThat(sync.names("/m/x", AT_ONCE)).containsExactly("y");
    sync.store.write("x/again", 1);
    sync.load("/m", ALL_AGAIN);
    sync.store.remove("x");
    sync.store.write("x", 1);
    onlyTheMountIsLeft(sync.load("/m", ALL_AGAIN));
    sync.store.remove("x");
    sync.store.write("x/again", 1);
    sync.load("/m/x", ALL_AGAIN);
    sync.store.remove("x");
    onlyTheMountIsLeft(sync.load("/m/x", ALL_AGAIN));
  }
}
