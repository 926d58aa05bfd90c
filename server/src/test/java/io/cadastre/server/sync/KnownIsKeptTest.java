package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static io.cadastre.server.sync.SyncFixture.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.Gate;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store does not say, or says of too much at once, is never taken for a deletion. */
class KnownIsKeptTest {
  private static final ReadOptions KNOWN = ReadOptions.DEFAULT.withLoadType(LoadType.NEVER);
  private static final int FILES = 1_200;

  private SyncFixture sync;

  @BeforeEach
  void start(@TempDir Path directory) {
    sync =
        new SyncFixture(directory)
            .with("cadastre.master.metadata.sync.delete.guard.count", "20")
            .with("cadastre.master.ufs.deadline", "1s");
    for (int i = 0; i < FILES; i++) {
      sync.store.write(String.format("big/f%05d", i), 1);
    }
    sync.store.write("small/x", 1);
    sync.store.write("small/y", 1);
    sync.start();
    sync.load("/m", ALL);
  }

  @AfterEach
  void stop() {
    sync.store.faults().clear();
    sync.close();
  }

  private void nothingIsDeleted() {
    assertThat(sync.client.count("/m").value().getFiles()).isEqualTo(FILES + 2);
  }

  /** Every way to look at the store: each fails or says stale, and deletes nothing. */
  private void everyLookSaysSoAndKeepsAll(String... reasons) {
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getFailed()).isPositive();
    assertThat(progress.getDeleted()).isZero();
    assertThat(progress.getFailures(0).getMessage()).containsAnyOf(reasons);
    nothingIsDeleted();
    MetadataClient once = sync.client.withRetries(false);
    for (String path : List.of("/m", "/m/small", "/m/small/x")) {
      assertThatThrownBy(() -> once.getStatus(path, AT_ONCE)).isInstanceOf(MetadataException.class);
      assertThatThrownBy(() -> list(path)).isInstanceOf(MetadataException.class);
    }
    nothingIsDeleted();
  }

  private List<String> list(String path) {
    List<String> names = new ArrayList<>();
    try (ListStream pages =
        sync.client.withRetries(false).list(path, ListOptions.DEFAULT.withRead(AT_ONCE))) {
      pages.forEachRemaining(page -> page.entries().forEach(entry -> names.add(entry.getName())));
    }
    return names;
  }

  @Test
  void aRootThatIsGoneOrAnotherOneSaysNothing() {
    long id = sync.stat("/m/small/x").getId();
    sync.store.setGone(true);
    everyLookSaysSoAndKeepsAll("gone");
    sync.store.setGone(false);
    String identity = "memory:another";
    sync.store.setIdentity(identity);
    everyLookSaysSoAndKeepsAll("not the one that was mounted");
    assertThat(sync.stat("/m/small/x").getId()).isEqualTo(id);
  }

  @Test
  void anEmptyRootSaysNothingAlsoNotOfWhatIsBelow() {
    sync.store.remove("");
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getFailures(0).getMessage()).contains("root is empty");
    for (String path : List.of("/m", "/m/small", "/m/small/x")) {
      assertThatThrownBy(() -> list(path)).isInstanceOf(MetadataException.class);
    }
    assertThatThrownBy(() -> sync.client.withRetries(false).getStatus("/m/small/x", AT_ONCE))
        .isInstanceOfSatisfying(
            MetadataException.class,
            // Not to be asked again: that changes nothing.
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_ROOT_CHANGED));
    nothingIsDeleted();
    // By order it is believed.
    assertThat(sync.load("/m", ALL_AGAIN.withOverrideGuard(true)).getFailed()).isZero();
    assertThat(sync.client.count("/m").value().getFiles()).isZero();
  }

  @Test
  void aListingThatFailsHalfWayDeletesNothing() {
    sync.store.remove("big/f00000");
    sync.store.remove("small/x");
    sync.store.faults().on(StoreOperation.PAGE).at("big").page(1).fail(Kind.UNAVAILABLE);
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getFailed()).isEqualTo(1);
    assertThat(progress.getDeleted()).isZero();
    nothingIsDeleted();
    assertThatThrownBy(() -> list("/m/big")).isInstanceOf(MetadataException.class);
    nothingIsDeleted();
    sync.store.faults().clear();
    // No mark was written over what failed, nor over the deletes that were dropped.
    ReadOptions hour = ReadOptions.DEFAULT.withSyncIntervalMillis(3_600_000);
    assertThat(sync.names("/m/small", hour)).containsExactly("y");
    assertThat(sync.names("/m/big", hour)).hasSize(FILES - 1);
  }

  @Test
  void aDirectoryThatVanishedAndThenCannotBeLookedUpIsUnknown() {
    sync.store.mkdirs("gone");
    sync.load("/m", ALL);
    sync.store.remove("small/x");
    // Listed with its parent, gone when it is listed itself, and then the store does not answer.
    sync.store.faults().on(StoreOperation.LIST).at("gone").fail(Kind.ABSENT);
    sync.store.faults().on(StoreOperation.STATUS).at("gone").fail(Kind.UNAVAILABLE);
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getFailuresList())
        .extracting(failure -> failure.getPath())
        .containsExactly("/m/gone");
    assertThat(progress.getDeleted()).isZero();
    nothingIsDeleted();
    sync.store.faults().clear();
    // No mark over it, nor over what was dropped because of it.
    ReadOptions hour = ReadOptions.DEFAULT.withSyncIntervalMillis(3_600_000);
    sync.store.write("gone/late", 1);
    assertThat(sync.names("/m/gone", hour)).containsExactly("late");
    assertThat(sync.names("/m/small", hour)).containsExactly("y");
  }

  @Test
  void unreadableEntriesAreKeptAndNamed() {
    sync.store.remove("small/y");
    sync.store.setUnreadable("small/x", "bad sector");
    sync.store.setUnreadable("big", "closed");
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getFailuresList())
        .extracting(failure -> failure.getPath())
        .containsExactlyInAnyOrder("/m/small/x", "/m/big");
    nothingIsDeleted();
    sync.store.setUnreadable("small/x", null);
    // A directory that is closed to us does not keep the rest from being mirrored.
    assertThat(sync.load("/m", ALL_AGAIN).getDeleted()).isEqualTo(1);
    assertThat(sync.names("/m/small", KNOWN)).containsExactly("x");
    assertThat(sync.names("/m/big", KNOWN)).hasSize(FILES);
  }

  @Test
  void aHungStoreIsCutOffAndNobodyElseWaits() {
    Gate gate = sync.store.faults().on(StoreOperation.PAGE).at("big").page(1).pause();
    try {
      long begin = System.nanoTime();
      assertThatThrownBy(() -> list("/m/big")).isInstanceOf(MetadataException.class);
      assertThat((System.nanoTime() - begin) / 1_000_000).isLessThan(15_000);
      assertThat(sync.names("/m/big", KNOWN)).hasSize(FILES);
      nothingIsDeleted();
    } finally {
      gate.release();
    }
  }

  @Test
  void theGuardHoldsAVanishedSubtreeUntilItIsBackOrOverruled() {
    long id = sync.stat("/m/big/f00007").getId();
    sync.store.move("big", "small/hidden");
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getCondition()).startsWith("GUARDED").contains("--override-guard");
    assertThat(progress.getDeleted()).isZero();
    assertThat(sync.stat("/m/big/f00007").getId()).isEqualTo(id);
    assertThat(sync.client.getStatus("/m/big/f00007").served().staleReason()).startsWith("GUARDED");
    assertThat(sync.client.listMounts().value().getMounts(0).getCondition()).contains("GUARDED");
    // A look at a part lets nothing slip through either.
    sync.client.getStatus("/m/small", AT_ONCE);
    assertThat(sync.exists("/m/big/f00007")).isTrue();
    sync.master.restart();
    assertThat(sync.client.getStatus("/m/big/f00007").served().staleReason()).startsWith("GUARDED");

    sync.store.move("small/hidden", "big");
    sync.load("/m", ALL_AGAIN);
    assertThat(sync.client.getStatus("/m/big/f00007").served().staleReason()).isEmpty();
    assertThat(sync.stat("/m/big/f00007").getId()).isEqualTo(id);

    sync.store.remove("big");
    assertThat(sync.load("/m", ALL_AGAIN).getCondition()).startsWith("GUARDED");
    LoadMetadataProgress forced = sync.load("/m", ALL_AGAIN.withOverrideGuard(true));
    assertThat(forced.getCondition()).isEmpty();
    assertThat(sync.exists("/m/big")).isFalse();
    assertThat(sync.client.getStatus("/m/small").served().staleReason()).isEmpty();
  }

  @Test
  void aReplacedSubtreePassesTheGuardToo() {
    sync.store.remove("big");
    sync.store.write("big", 1);
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getCondition()).startsWith("GUARDED");
    nothingIsDeleted();
  }

  @Test
  void aDirectoryThatBecameAFileIsReplacedOnceWhereOneLooksThereOnly() {
    for (int i = 0; i < 500; i++) {
      sync.store.write("half/f" + i, 1);
    }
    sync.load("/m", ALL);
    for (boolean flat : new boolean[] {false, true}) {
      sync.store.setFlat(flat);
      sync.store.remove("half");
      sync.store.write("half", 1);
      sync.load("/m/half", ALL_AGAIN.withDryRun(true));
      assertThat(sync.differences).containsExactly("replace /m/half");
      // Under a third of the mount; counted twice it would be more than half.
      LoadMetadataProgress progress = sync.load("/m/half", ALL_AGAIN);
      assertThat(progress.getFailuresList()).isEmpty();
      assertThat(progress.getCondition()).isEmpty();
      assertThat(progress.getReplaced()).isEqualTo(1);
      assertThat(sync.stat("/m/half").getKind()).isEqualTo(InodeKind.FILE);
      sync.store.remove("half");
      for (int i = 0; i < 500; i++) {
        sync.store.write("half/f" + i, 1);
      }
      sync.load("/m", ALL_AGAIN);
    }
  }

  @Test
  void theGuardIsNotLiftedByARunThatSkipsWhatItHolds() {
    list("/m/big");
    for (int i = 1; i < FILES; i++) {
      sync.store.remove(String.format("big/f%05d", i));
    }
    assertThat(sync.load("/m", ALL_AGAIN).getCondition()).startsWith("GUARDED");
    // That it was compared when all was there is recent enough.
    ReadOptions hour = ReadOptions.DEFAULT.withSyncIntervalMillis(3_600_000);
    long lookups = sync.store.requests(StoreOperation.STATUS);
    try (ListStream pages =
        sync.client.list("/m", ListOptions.DEFAULT.withRecursive(true).withRead(hour))) {
      pages.forEachRemaining(page -> {});
    }
    assertThat(sync.store.requests(StoreOperation.STATUS)).isGreaterThan(lookups);
    assertThat(sync.client.getStatus("/m/small").served().staleReason()).startsWith("GUARDED");
    nothingIsDeleted();
  }

  @Test
  void aDirectoryThatIsListedAfterItWentIsCountedOnce() {
    // Under a third of the mount; counted twice it would be more than half.
    for (int i = 0; i < 500; i++) {
      sync.store.write("half/f" + i, 1);
    }
    sync.load("/m", ALL);
    sync.store.remove("half");
    assertThatThrownBy(() -> list("/m/half"))
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
    assertThat(sync.client.getStatus("/m").served().staleReason()).isEmpty();
  }
}
