package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static io.cadastre.server.sync.SyncFixture.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.client.AttributeChanges;
import io.cadastre.client.CompleteOptions;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.MountOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.ufs.testing.FaultPlan;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sync whose store takes its time between two pages, or between reading a page and answering it,
 * while the cluster goes on changing the very directory: nothing that was done meanwhile is undone,
 * and nobody waits for the sync.
 */
class NothingUndoneTest {
  private static final int FILES = 1_500;

  private SyncFixture sync;

  @BeforeEach
  void start(@TempDir Path directory) {
    sync = new SyncFixture(directory).with("cadastre.master.ufs.deadline", "60s");
    for (int i = 0; i < FILES; i++) {
      sync.store.write(name(i), 1);
    }
    sync.store.mkdirs("e");
    sync.store.write("p/q/r", 1);
    sync.start(MountOptions.DEFAULT.withWritable(true));
    sync.load("/m", ALL);
  }

  @AfterEach
  void stop() {
    sync.close();
  }

  private static String name(int i) {
    return String.format("d/f%05d", i);
  }

  @Test
  void whenTheStorePausesBeforeTheSecondPage() throws Exception {
    scenario(rule -> rule.page(1).times(1).pause());
  }

  @Test
  void whenTheFirstPageWasReadButNotAnsweredYet() throws Exception {
    scenario(rule -> rule.times(1).pauseAfter());
  }

  private void scenario(Function<FaultPlan.Rule, Gate> pause) throws Exception {
    // Outside, before the sync: a new file, a change, a removal, on the first page.
    sync.store.write("d/a-new", 1);
    sync.store.write("d/a-deleted-meanwhile", 1);
    sync.store.write(name(5), 55);
    sync.store.remove(name(6));
    long moved = sync.stat("/m/" + name(2)).getId();
    Gate gate = pause.apply(sync.store.faults().on(StoreOperation.PAGE).at("d"));
    CompletableFuture<LoadMetadataProgress> run =
        CompletableFuture.supplyAsync(() -> sync.load("/m", ALL_AGAIN));
    gate.awaitArrival();
    try {
      sync.client.delete("/m/" + name(1), DeleteOptions.DEFAULT);
      sync.client.getStatus("/m/d/a-deleted-meanwhile", AT_ONCE);
      sync.client.delete("/m/d/a-deleted-meanwhile", DeleteOptions.DEFAULT);
      sync.client.rename("/m/" + name(2), "/m/e/moved", false);
      sync.client.delete("/m/" + name(3), DeleteOptions.DEFAULT);
      sync.client.createDirectory("/m/" + name(3));
      sync.client.setAttributes("/m/" + name(4), AttributeChanges.NONE.mode(0600));
      sync.client.createDirectory("/m/d/f00004-made");
      sync.client.delete("/m/" + name(1400), DeleteOptions.DEFAULT);
      sync.client.createFile("/m/d/f00004-written");
      sync.store.write("d/f00004-written", 44);
      sync.client.completeFile("/m/d/f00004-written", CompleteOptions.DEFAULT);
      // Outside again, and seen by syncs that overtake the first: of one entry, and of the
      // directory.
      sync.store.write(name(7), 77);
      sync.client.getStatus("/m/" + name(7), AT_ONCE);
      sync.store.write("d/a-newer", 2);
      assertThat(sync.names("/m/d", AT_ONCE)).contains("a-new", "a-newer").doesNotContain("f00006");
      sync.client.delete("/m/d/a-newer", DeleteOptions.DEFAULT);
    } finally {
      gate.release();
    }
    LoadMetadataProgress progress = run.get(30, TimeUnit.SECONDS);

    assertThat(progress.getFailuresList()).isEmpty();
    assertThat(sync.exists("/m/" + name(1))).isFalse();
    assertThat(sync.exists("/m/" + name(1400))).isFalse();
    assertThat(sync.exists("/m/d/a-deleted-meanwhile")).isFalse();
    assertThat(sync.exists("/m/" + name(2))).isFalse();
    assertThat(sync.stat("/m/e/moved").getId()).isEqualTo(moved);
    assertThat(sync.stat("/m/" + name(3)).getKind()).isEqualTo(InodeKind.DIRECTORY);
    assertThat(sync.stat("/m/" + name(4)).getMode()).isEqualTo(0600);
    assertThat(sync.stat("/m/d/f00004-made").getKind()).isEqualTo(InodeKind.DIRECTORY);
    assertThat(sync.stat("/m/d/f00004-written").getIncomplete()).isFalse();
    assertThat(sync.stat("/m/d/f00004-written").getSize()).isEqualTo(44);
    assertThat(sync.exists("/m/d/a-newer")).isFalse();
    assertThat(sync.stat("/m/" + name(7)).getSize()).isEqualTo(77);
    // What the sync found by itself is done all the same.
    assertThat(sync.stat("/m/d/a-new").getSize()).isEqualTo(1);
    assertThat(sync.stat("/m/" + name(5)).getSize()).isEqualTo(55);
    assertThat(sync.exists("/m/" + name(6))).isFalse();
    isLikeTheStore();
  }

  /** After one more sync nothing differs. */
  private void isLikeTheStore() {
    sync.load("/m", ALL_AGAIN);
    sync.load("/m", ALL_AGAIN.withDryRun(true));
    assertThat(sync.differences).isEmpty();
  }

  @Test
  void whenTheParentIsRenamedAwayAndAnotherTakesItsPlace() throws Exception {
    long id = sync.stat("/m/p/q/r").getId();
    sync.store.write("p/q/new", 1);
    Gate gate = sync.store.faults().on(StoreOperation.PAGE).at("p/q").times(1).pauseAfter();
    CompletableFuture<LoadMetadataProgress> run =
        CompletableFuture.supplyAsync(() -> sync.load("/m", ALL_AGAIN));
    gate.awaitArrival();
    try {
      sync.client.rename("/m/p", "/m/p2", false);
      sync.client.createDirectory("/m/p");
      sync.client.createDirectory("/m/p/q");
    } finally {
      gate.release();
    }
    run.get(30, TimeUnit.SECONDS);
    assertThat(sync.names("/m/p/q")).isEmpty();
    assertThat(sync.stat("/m/p2/q/r").getId()).isEqualTo(id);
    // The new file was found, but could not be written where it was found: no mark hides it.
    assertThat(
            sync.names(
                "/m/p2/q",
                io.cadastre.client.ReadOptions.DEFAULT.withSyncIntervalMillis(3_600_000)))
        .containsExactly("new", "r");
    isLikeTheStore();
  }

  @Test
  void whenTheParentIsRenamedBetweenTwoPages() throws Exception {
    for (int i = 0; i < FILES; i++) {
      sync.store.write("p/q/r" + i, 1);
    }
    sync.load("/m", ALL_AGAIN);
    long first = sync.stat("/m/p/q/r0").getId();
    long last = sync.stat("/m/p/q/r999").getId();
    sync.store.write("p/q/r999", 9);
    sync.store.remove("p/q/r998");
    Gate gate = sync.store.faults().on(StoreOperation.PAGE).at("p/q").page(1).times(1).pause();
    CompletableFuture<LoadMetadataProgress> run =
        CompletableFuture.supplyAsync(() -> sync.load("/m", ALL_AGAIN));
    gate.awaitArrival();
    try {
      sync.client.rename("/m/p", "/m/p2", false);
      sync.client.createDirectory("/m/p");
      sync.client.createDirectory("/m/p/q");
      sync.store.write("p/q/r999", 1);
    } finally {
      gate.release();
    }
    run.get(30, TimeUnit.SECONDS);
    assertThat(sync.names("/m/p/q")).doesNotContain("r0", "r998");
    assertThat(sync.stat("/m/p2/q/r0").getId()).isEqualTo(first);
    assertThat(sync.stat("/m/p2/q/r999").getId()).isEqualTo(last);
    isLikeTheStore();
    assertThat(sync.names("/m/p/q")).containsExactly("r999");
    assertThat(sync.stat("/m/p2/q/r999").getId()).isEqualTo(last);
    assertThat(sync.exists("/m/p2/q/r998")).isFalse();
  }

  @Test
  void whenTheDirectoryIsRenamedAwayAndBackWhileAnotherIsListed() throws Exception {
    sync.store.mkdirs("p/other");
    sync.load("/m", ALL_AGAIN);
    long id = sync.stat("/m/p/q/r").getId();
    // The listing of p/q is opened when the empty one is there, and answered when q is back.
    sync.store
        .faults()
        .on(StoreOperation.LIST)
        .at("p/q")
        .times(1)
        .run(
            () -> {
              sync.client.rename("/m/p/q", "/m/p/away", false);
              sync.client.rename("/m/p/other", "/m/p/q", false);
            });
    Gate gate = sync.store.faults().on(StoreOperation.PAGE).at("p/q").times(1).pauseAfter();
    CompletableFuture<LoadMetadataProgress> run =
        CompletableFuture.supplyAsync(() -> sync.load("/m/p", ALL_AGAIN));
    gate.awaitArrival();
    try {
      sync.client.rename("/m/p/q", "/m/p/other", false);
      sync.client.rename("/m/p/away", "/m/p/q", false);
    } finally {
      gate.release();
    }
    run.get(30, TimeUnit.SECONDS);
    assertThat(sync.stat("/m/p/q/r").getId()).isEqualTo(id);
    isLikeTheStore();
  }

  @Test
  void aFileThatIsBeingWrittenIsLeftAlone() {
    sync.client.createFile("/m/e/writing");
    sync.load("/m", ALL_AGAIN);
    assertThat(sync.names("/m/e", AT_ONCE)).contains("writing");
    assertThat(sync.stat("/m/e/writing").getIncomplete()).isTrue();
  }
}
