package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.api.proto.Difference;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** `diff`: what differs is told, nothing is changed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DiffTest {
  private SyncFixture sync;

  @BeforeEach
  void start(@TempDir Path directory) {
    sync = new SyncFixture(directory);
    // A directory is not changed by what comes into it.
    sync.store.clock(() -> 1_760_000_000_000L);
    sync.store.write("a/same", 1);
    sync.store.write("a/grows", 1);
    sync.store.write("a/goes", 1);
    sync.store.write("a/turns", 1);
    sync.store.write("b/c/deep", 1);
    sync.start();
    sync.load("/m", ALL);
  }

  @AfterEach
  void stop() {
    sync.store.faults().clear();
    sync.close();
  }

  private List<String> diff(String path, boolean recursive) {
    List<String> lines = new ArrayList<>();
    LoadMetadataProgress end =
        sync.client.diff(path, recursive, d -> lines.add(d.getKind() + " " + d.getPath()));
    assertThat(end.getFinished()).isTrue();
    assertThat(end.getFailed()).isZero();
    return lines;
  }

  private void change() {
    sync.store.write("a/grows", 20);
    sync.store.remove("a/goes");
    sync.store.remove("a/turns");
    sync.store.mkdirs("a/turns");
    sync.store.write("new/x/y", 1);
    sync.store.remove("b/c");
  }

  @Test
  void nothingDiffers() {
    assertThat(diff("/m", true)).isEmpty();
    assertThat(diff("/m/a/same", false)).isEmpty();
  }

  @Test
  void everyKindOfDifferenceIsToldAndNothingIsChanged() {
    change();
    long before = sync.client.getStatus("/m").served().stateIndex();
    assertThat(diff("/m", true))
        .containsExactlyInAnyOrder(
            "CHANGED /m/a/grows",
            "ONLY_IN_NAMESPACE /m/a/goes",
            "OTHER_KIND /m/a/turns",
            "ONLY_IN_STORE /m/new",
            "ONLY_IN_STORE /m/new/x",
            "ONLY_IN_STORE /m/new/x/y",
            "ONLY_IN_NAMESPACE /m/b/c")
        .doesNotHaveDuplicates();
    assertThat(diff("/m/a", false)).hasSize(3);
    assertThat(diff("/m", false)).contains("ONLY_IN_STORE /m/new");
    assertThat(sync.client.getStatus("/m").served().stateIndex()).isEqualTo(before);
    sync.load("/m", SyncFixture.ALL_AGAIN);
    assertThat(diff("/m", true)).isEmpty();
  }

  @Test
  void aChangeSaysWhatChanged() {
    sync.store.write("a/grows", 20);
    List<Difference> found = new ArrayList<>();
    sync.client.diff("/m/a", false, found::add);
    assertThat(found).hasSize(1);
    Difference difference = found.get(0);
    assertThat(difference.getInStore()).isEqualTo(InodeKind.FILE);
    assertThat(difference.getFieldsList())
        .anySatisfy(
            field -> {
              assertThat(field.getName()).isEqualTo("size");
              assertThat(field.getInNamespace()).isEqualTo("1");
              assertThat(field.getInStore()).isEqualTo("20");
            });
  }

  @Test
  void anEmptyStoreDiffersAndNothingIsDeletedForThat() {
    sync.store.remove("a");
    sync.store.remove("b");
    assertThat(diff("/m", true))
        .containsExactlyInAnyOrder("ONLY_IN_NAMESPACE /m/a", "ONLY_IN_NAMESPACE /m/b");
    assertThat(sync.exists("/m/a/same")).isTrue();
  }

  @Test
  void whatCannotBeComparedIsNamed() {
    sync.store.faults().on(StoreOperation.LIST).at("b/c").fail(Kind.DENIED);
    List<Difference> found = new ArrayList<>();
    LoadMetadataProgress end = sync.client.diff("/m", true, found::add);
    assertThat(end.getFailed()).isEqualTo(1);
    assertThat(end.getFailures(0).getPath()).isEqualTo("/m/b/c");
    assertThatThrownBy(() -> sync.client.diff("/nowhere", true, found::add))
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_A_MOUNT));
  }

  @Test
  void aLargeDifferenceIsStreamedAndASlowReaderHoldsItUp() {
    int files = 20_000;
    for (int i = 0; i < files; i++) {
      sync.store.write(String.format("many/f%05d", i), 1);
    }
    int[] count = {0};
    sync.client.diff(
        "/m",
        true,
        difference -> {
          if (count[0]++ % 5_000 == 0) {
            pause();
          }
        });
    assertThat(count[0]).isEqualTo(files + 1);
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aReaderThatLeavesEndsTheComparison() {
    for (int i = 0; i < 300; i++) {
      for (int j = 0; j < 50; j++) {
        sync.store.write("many/d" + i + "/f" + j, 1);
      }
    }
    sync.store.faults().on(StoreOperation.LIST).under("many").delay(java.time.Duration.ofMillis(5));
    assertThatThrownBy(
            () ->
                sync.client.diff(
                    "/m",
                    true,
                    difference -> {
                      throw new IllegalStateException("enough");
                    }))
        .hasMessage("enough");
    untilNothingIsListed();
    assertThat(sync.store.requests(StoreOperation.LIST)).isLessThan(250);
  }

  /** The store has not been asked for a listing for a while. */
  private void untilNothingIsListed() {
    AtomicLong last = new AtomicLong(-1);
    await()
        .during(java.time.Duration.ofMillis(300))
        .until(
            () -> {
              long requests = sync.store.requests(StoreOperation.LIST);
              return last.getAndSet(requests) == requests;
            });
  }

  @Test
  void aReaderThatLeavesEndsAComparisonThatFindsNothing() throws Exception {
    // Each directory becomes known only when the one above it was listed.
    sync.store.write("deep" + "/d".repeat(200) + "/f", 1);
    sync.load("/m", ALL);
    sync.store
        .faults()
        .on(StoreOperation.LIST)
        .under("deep")
        .delay(java.time.Duration.ofMillis(20));
    long before = sync.store.requests(StoreOperation.LIST);
    FutureTask<Throwable> outcome =
        new FutureTask<>(
            () -> catchThrowable(() -> sync.client.diff("/m", true, difference -> {})));
    Thread reader = new Thread(outcome);
    reader.start();
    await().until(() -> sync.store.requests(StoreOperation.LIST) > before + 5);
    reader.interrupt();
    assertThat(outcome.get()).isInstanceOf(MetadataException.class);
    untilNothingIsListed();
    assertThat(sync.store.requests(StoreOperation.LIST) - before).isLessThan(150);
  }

  @Test
  void aStatusSaysWhenItWasCompared() {
    assertThat(sync.stat("/m/a").getSyncedMillis()).isZero();
    long before = System.currentTimeMillis();
    sync.load("/m", SyncFixture.ALL_AGAIN);
    assertThat(sync.stat("/m/a").getSyncedMillis()).isBetween(before - 1_000, before + 60_000);
    assertThat(sync.stat("/m/a").getChildrenSyncedMillis()).isGreaterThan(before - 1_000);
    assertThat(sync.stat("/m/a/same").getSyncedMillis()).isGreaterThan(before - 1_000);
    assertThat(sync.stat("/m/a/same").getChildrenSyncedMillis()).isZero();
    assertThat(sync.stat("/m/a").getDue()).startsWith("not due");
  }
}
