package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.testing.StoreOperation;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deletes that do not fit in memory. */
class DeleteSpillTest {
  private static final SyncTarget ROOT = new SyncTarget(null, null, NamespacePath.of("/m"));

  @TempDir Path directory;

  private DeleteSpill spill(int inMemory, long mostBytes) {
    return new DeleteSpill(
        ROOT, new SyncSettings(100, 1, 1, 1, inMemory, mostBytes, directory, 1, 100, 1));
  }

  private static SyncWriter.Pending delete(int i) {
    SyncTarget parent = ROOT.at(NamespacePath.of("/m/d\u00e4" + i % 7));
    return new SyncWriter.Pending(
        parent, i, new SyncDecision.Delete("\ud83d\ude00" + i, i + 1L, i % 2 == 0), 40L + i);
  }

  private static List<SyncWriter.Pending> read(DeleteSpill spill, long from)
      throws InterruptedException {
    List<SyncWriter.Pending> found = new ArrayList<>();
    spill.forEach(from, found::add);
    return found;
  }

  @Test
  void whatGoesInComesOutInOrderFromAnyPlaceAndMayBeTakenBack() throws Exception {
    for (int inMemory : new int[] {1, 3, 10, 1_000}) {
      List<SyncWriter.Pending> expected = new ArrayList<>();
      try (DeleteSpill spill = spill(inMemory, Long.MAX_VALUE)) {
        for (int i = 0; i < 100; i++) {
          spill.add(delete(i));
          expected.add(delete(i));
        }
        for (int cut : new int[] {100, 99, 71, 70, 42}) {
          spill.truncate(cut);
          expected.subList(cut, expected.size()).clear();
          assertThat(spill.size()).isEqualTo(cut);
          assertThat(read(spill, 0)).isEqualTo(expected);
          assertThat(read(spill, cut / 2)).isEqualTo(expected.subList(cut / 2, cut));
        }
        for (int i = 200; i < 250; i++) {
          spill.add(delete(i));
          expected.add(delete(i));
        }
        assertThat(read(spill, 0)).isEqualTo(expected);
        assertThat(read(spill, 60)).isEqualTo(expected.subList(60, expected.size()));
        spill.truncate(0);
        assertThat(spill.isEmpty()).isTrue();
        assertThat(read(spill, 0)).isEmpty();
      }
    }
  }

  @Test
  void aReplacementKeepsWhatTheStoreSaid() throws Exception {
    UfsStatus status =
        new UfsStatus("n", UfsStatus.Kind.SYMLINK, 5, -7, "o", "g", 0644, "print", "to");
    SyncWriter.Pending replace =
        new SyncWriter.Pending(ROOT, 3, new SyncDecision.Replace(status, 9, true), 4);
    try (DeleteSpill spill = spill(1, 1_000)) {
      spill.add(replace);
      assertThat(spill.spilledBytes()).isPositive();
      assertThat(read(spill, 0)).containsExactly(replace);
    }
  }

  @Test
  void theFileHasALimitAndNoName() {
    try (DeleteSpill spill = spill(10, 1_000)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  spill.add(delete(i));
                }
              })
          .isInstanceOfSatisfying(
              MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
      assertThat(spill.spilledBytes()).isBetween(1L, 1_000L);
      assertThat(spill.size()).isLessThan(100);
      assertThat(directory.toFile().listFiles(File::isFile)).isEmpty();
    }
  }

  private SyncFixture fixture(String bytes) {
    SyncFixture sync =
        new SyncFixture(directory)
            .with("cadastre.master.metadata.sync.deletes.in.memory", "10")
            .with("cadastre.master.metadata.sync.deletes.spill.max", bytes);
    for (int d = 0; d < 10; d++) {
      for (int i = 0; i < 25; i++) {
        sync.store.write("d" + d + "/f" + i, 1);
      }
    }
    sync.start();
    sync.load("/m", ALL);
    return sync;
  }

  private static void removeHalf(SyncFixture sync) {
    for (int d = 0; d < 10; d++) {
      for (int i = 0; i < 12; i++) {
        sync.store.remove("d" + d + "/f" + i);
      }
    }
  }

  @Test
  void noneIsWrittenBeforeTheListingHasEnded() {
    try (SyncFixture sync = fixture("1MB")) {
      removeHalf(sync);
      // The last directory fails, when far more deletes than fit in memory have come together.
      sync.store.faults().on(StoreOperation.LIST).at("d9").fail(Kind.UNAVAILABLE);
      LoadMetadataProgress failed = sync.load("/m", ALL_AGAIN);
      assertThat(failed.getFailed()).isEqualTo(1);
      assertThat(failed.getDeleted()).isZero();
      assertThat(failed.getSkipped()).isEqualTo(9 * 12);
      assertThat(sync.client.count("/m").value().getFiles()).isEqualTo(250);
      sync.store.faults().clear();
      assertThat(sync.load("/m", ALL_AGAIN).getDeleted()).isEqualTo(120);
      assertThat(sync.client.count("/m").value().getFiles()).isEqualTo(130);
      assertThat(sync.load("/m", ALL_AGAIN).getDeleted()).isZero();
    }
  }

  @Test
  void aRunWhoseDeletesDoNotFitDeletesNothingAndSaysSo() {
    try (SyncFixture sync = fixture("1KB")) {
      removeHalf(sync);
      LoadMetadataProgress failed = sync.load("/m", ALL_AGAIN);
      assertThat(failed.getFailed()).isPositive();
      assertThat(failed.getFailures(0).getMessage()).contains("do not fit");
      assertThat(failed.getDeleted()).isZero();
      assertThat(sync.client.count("/m").value().getFiles()).isEqualTo(250);
    }
  }
}
