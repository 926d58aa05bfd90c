package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cadastre.core.time.ManualTimeSource;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When runs give way, on a clock and with processors of our own. */
class SyncPaceTest {
  private static final double MOST = 0.25;

  private final ManualTimeSource time = new ManualTimeSource();
  private double processors = 1;
  private final SyncPace pace = new SyncPace(MOST, () -> processors, time);
  private final SyncPace.Worker worker = pace.worker();
  private int awaited;

  @AfterEach
  void notInterrupted() {
    Thread.interrupted();
  }

  /** A page that took so long, while so many calls came in. */
  private void page(long millis, int calls) throws InterruptedException {
    for (int i = 0; i < calls; i++) {
      pace.called();
    }
    time.advance(Duration.ofMillis(millis));
    worker.worked(() -> awaited++);
  }

  @Test
  void nobodyCallsSoNothingRests() throws InterruptedException {
    page(100, 0);
    page(100, 1);
    assertThat(pace.rest()).isZero();
    assertThat(awaited).isZero();
  }

  @Test
  void processorsAreIdleSoNothingRests() throws InterruptedException {
    processors = 0.5;
    page(100, 50);
    assertThat(pace.rest()).isZero();
  }

  @Test
  void givesWayAtOnceAndTakesBackSlowly() throws InterruptedException {
    page(100, 50);
    assertThat(pace.rest()).isEqualTo(MOST);
    assertThat(awaited).isEqualTo(1);
    processors = 0.5;
    page(100, 50);
    assertThat(pace.rest()).isCloseTo(MOST * 0.95, within(0.001));
    for (int i = 0; i < 20; i++) {
      page(100, 50);
    }
    assertThat(pace.rest()).isZero();
    processors = 0.9;
    page(100, 50);
    assertThat(pace.rest()).isEqualTo(MOST);
    page(100, 0);
    assertThat(pace.rest()).isZero();
  }

  @Test
  void owesAShareOfTheWorkAndNothingForSlowStores() throws InterruptedException {
    page(100, 50);
    page(4, 5);
    assertThat(worker.owedNanos()).isEqualTo(1_000_000);
    // 50 ms of work at most: 12.5 ms, more than is put off.
    page(60_000, 6_000);
    assertThat(worker.owedNanos()).isZero();
  }

  @Test
  void aRunThatIsStoppedDoesNotRestToTheEnd() throws InterruptedException {
    page(100, 50);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> page(60_000, 6_000)).isInstanceOf(InterruptedException.class);
  }

  @Test
  void whereNoRunGoesNothingRests() throws InterruptedException {
    page(100, 50);
    time.advance(Duration.ofMinutes(1));
    assertThat(pace.rest()).isZero();
  }

  @Test
  void neverRestsIfToldSo() throws InterruptedException {
    SyncPace never = new SyncPace(0, () -> 1, time);
    for (int i = 0; i < 100; i++) {
      never.called();
    }
    time.advance(Duration.ofMillis(100));
    never.worker().worked(() -> awaited++);
    assertThat(never.rest()).isZero();
    assertThat(awaited).isZero();
  }
}
