package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What threads and listings asked for ahead gain where each listing takes its time. Run by
 * `scripts/prove/sync-5`, as its figures mean something only on a machine that does nothing else.
 */
@EnabledIfSystemProperty(named = "cadastre.proof.directories", matches = "\\d+")
class SlowStoreProof {
  private static final int DIRECTORIES = Integer.getInteger("cadastre.proof.directories", 1_000);
  private static final Duration LATENCY = Duration.ofMillis(10);
  private static final int FILES = 10;

  @TempDir Path directory;

  /** Milliseconds of a comparison that finds nothing to change; the better of two. */
  private long compare(int concurrency, int prefetch) {
    try (SyncFixture sync =
        new SyncFixture(directory.resolve(concurrency + "-" + prefetch))
            .with("cadastre.master.metadata.sync.concurrency.level", "" + concurrency)
            .with("cadastre.master.metadata.sync.executor.pool.size", "" + (concurrency + 1))
            .with("cadastre.master.metadata.sync.ufs.prefetch.pool.size", "" + prefetch)) {
      for (int d = 0; d < DIRECTORIES; d++) {
        for (int f = 0; f < FILES; f++) {
          sync.store.write("d" + d + "/f" + f, 1);
        }
      }
      sync.start();
      sync.load("/m", ALL);
      sync.store.faults().on(StoreOperation.LIST).delay(LATENCY);
      long best = Long.MAX_VALUE;
      for (int round = 0; round < 2; round++) {
        LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
        assertThat(progress.getStoreListings()).isEqualTo(DIRECTORIES + 1);
        assertThat(progress.getUnchanged()).isEqualTo((long) DIRECTORIES * (FILES + 1));
        best = Math.min(best, progress.getElapsedMillis());
      }
      System.out.printf(
          "FIGURE concurrency %2d, prefetch threads %2d: %,6d ms%n", concurrency, prefetch, best);
      return best;
    }
  }

  @Test
  void threadsAndPrefetchHideLatency() {
    long one = compare(1, 0);
    long ahead = compare(1, 32);
    long threads = compare(16, 0);
    long both = compare(16, 32);
    System.out.printf(
        "FIGURE gained: prefetch alone %.1fx (at least 1.5), 16 threads alone %.1fx, both %.1fx"
            + " (at least 8)%n",
        (double) one / ahead, (double) one / threads, (double) one / both);
    assertThat((double) one / ahead).isGreaterThanOrEqualTo(1.5);
    assertThat((double) one / both).isGreaterThanOrEqualTo(8);
  }
}
