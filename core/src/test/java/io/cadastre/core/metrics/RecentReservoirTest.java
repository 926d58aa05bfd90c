package io.cadastre.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.codahale.metrics.Snapshot;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentReservoirTest {
  private static final long MINUTE = 60_000_000_000L;

  private final AtomicLong nanos = new AtomicLong();
  private final RecentReservoir reservoir = new RecentReservoir(nanos::get);

  @Test
  void bucketsCoverAllValuesWithSmallError() {
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      long value = random.nextLong() >>> (1 + random.nextInt(63));
      long middle = RecentReservoir.middle(RecentReservoir.bucket(value));
      assertThat((double) middle).isCloseTo((double) value, within(Math.max(0.5, value * 0.032)));
    }
    assertThat(RecentReservoir.bucket(Long.MAX_VALUE)).isEqualTo(959);
    assertThat(RecentReservoir.bucket(31)).isEqualTo(31);
    assertThat(RecentReservoir.bucket(32)).isEqualTo(32);
  }

  @Test
  void quantilesAreThoseOfTheValues() {
    for (int i = 1; i <= 10_000; i++) {
      reservoir.update(i);
    }
    Snapshot snapshot = reservoir.getSnapshot();
    assertThat(snapshot.getMedian()).isCloseTo(5_000, within(160.0));
    assertThat(snapshot.get99thPercentile()).isCloseTo(9_900, within(310.0));
    assertThat(reservoir.sum()).isEqualTo(50_005_000);
  }

  @Test
  void valuesAreForgottenAfterTwoMinutesButNotTheirSum() {
    reservoir.update(1_000);
    nanos.addAndGet(MINUTE);
    reservoir.update(2_000);
    assertThat(reservoir.getSnapshot().size()).isEqualTo(2);
    nanos.addAndGet(MINUTE);
    assertThat(reservoir.getSnapshot().size()).isEqualTo(1);
    nanos.addAndGet(2 * MINUTE);
    assertThat(reservoir.getSnapshot().size()).isZero();
    assertThat(reservoir.getSnapshot().getMedian()).isZero();
    assertThat(reservoir.sum()).isEqualTo(3_000);
  }

  @Test
  void noUpdateIsLostAmongThreads() throws InterruptedException {
    Thread[] threads = new Thread[4];
    for (int t = 0; t < threads.length; t++) {
      threads[t] =
          new Thread(
              () -> {
                for (int i = 0; i < 50_000; i++) {
                  reservoir.update(1);
                }
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(reservoir.sum()).isEqualTo(200_000);
  }

  @Test
  void negativeValuesCountAsZero() {
    reservoir.update(-5);
    assertThat(reservoir.getSnapshot().getMax()).isZero();
    assertThat(reservoir.sum()).isZero();
  }
}
