package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static io.cadastre.server.sync.SyncFixture.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that compare the same directory at the same time, and stores that change between requests.
 */
class RunsThatMeetTest {
  private static final ReadOptions AN_HOUR = ReadOptions.DEFAULT.withSyncIntervalMillis(3_600_000);

  private SyncFixture sync;

  @BeforeEach
  void start(@TempDir Path directory) {
    sync = new SyncFixture(directory).with("cadastre.master.ufs.deadline", "60s");
    sync.store.write("d/f", 1);
    sync.store.write("d/g", 1);
    sync.store.write("e/x", 1);
    sync.start();
    sync.load("/m", ALL);
  }

  @AfterEach
  void stop() {
    sync.store.faults().clear();
    sync.close();
  }

  private Gate afterPageOf(String path) {
    return sync.store.faults().on(StoreOperation.PAGE).at(path).times(1).pauseAfter();
  }

  @Test
  void anOlderRunDoesNotDeleteWhatANewerOneHasSeen() throws Exception {
    long id = sync.stat("/m/d/f").getId();
    sync.store.move("d/f", "away");
    Gate gate = afterPageOf("d");
    CompletableFuture<LoadMetadataProgress> older =
        CompletableFuture.supplyAsync(() -> sync.load("/m", ALL_AGAIN));
    gate.awaitArrival();
    sync.store.move("away", "d/f");
    assertThat(sync.names("/m/d", AT_ONCE)).containsExactly("f", "g");
    gate.release();
    older.get(30, TimeUnit.SECONDS);

    assertThat(sync.names("/m/d", AN_HOUR)).containsExactly("f", "g");
    assertThat(sync.stat("/m/d/f").getId()).isEqualTo(id);
  }

  @Test
  void whatAnOlderRunWritesDoesNotOverruleANewerOne() throws Exception {
    sync.store.write("d/f", 2);
    Gate first = afterPageOf("d");
    CompletableFuture<LoadMetadataProgress> older =
        CompletableFuture.supplyAsync(() -> sync.load("/m/d", ALL_AGAIN));
    first.awaitArrival();
    sync.store.write("d/f", 3);
    sync.store.write("d/made", 1);
    Gate second = afterPageOf("d");
    CompletableFuture<List<String>> newer =
        CompletableFuture.supplyAsync(() -> sync.names("/m/d", AT_ONCE));
    second.awaitArrival();
    first.release();
    older.get(30, TimeUnit.SECONDS);
    assertThat(sync.stat("/m/d/f").getSize()).isEqualTo(2);
    second.release();

    assertThat(newer.get(30, TimeUnit.SECONDS)).containsExactly("f", "g", "made");
    assertThat(sync.client.getStatus("/m/d/f", AN_HOUR).value().getSize()).isEqualTo(3);
  }

  @Test
  void aDirectoryThatWentAndCameBackBetweenTwoRequestsIsCompared() {
    goesAndComesBack(1);
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);

    assertThat(progress.getFailuresList()).isEmpty();
    assertThat(sync.names("/m/d", AN_HOUR)).containsExactly("new");
  }

  @Test
  void aDirectoryThatComesAndGoesIsNamed() {
    goesAndComesBack(100);
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);

    assertThat(progress.getFailuresList())
        .singleElement()
        .satisfies(failure -> assertThat(failure.getPath()).isEqualTo("/m/d"));
    sync.store.faults().clear();
    // No mark says that it was compared.
    assertThat(sync.names("/m/d", AN_HOUR)).containsExactly("new");
  }

  private void goesAndComesBack(int times) {
    sync.store
        .faults()
        .on(StoreOperation.LIST)
        .at("d")
        .times(times)
        .run(() -> sync.store.remove("d"));
    sync.store
        .faults()
        .on(StoreOperation.STATUS)
        .at("d")
        .times(times)
        .run(() -> sync.store.write("d/new", 1));
  }

  /** A plug-in whose classes cannot be loaded, for example. */
  @Test
  void anErrorInARunIsAnsweredAndHoldsNobodyUp() {
    sync.store
        .faults()
        .on(StoreOperation.LIST)
        .at("d")
        .times(1)
        .run(
            () -> {
              throw new NoClassDefFoundError("injected");
            });
    assertThatThrownBy(() -> sync.client.withRetries(false).list("/m/d", atOnce()).next())
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL));
    assertThat(sync.names("/m/d", AT_ONCE)).containsExactly("f", "g");
  }

  private static io.cadastre.client.ListOptions atOnce() {
    return io.cadastre.client.ListOptions.DEFAULT.withRead(AT_ONCE);
  }
}
