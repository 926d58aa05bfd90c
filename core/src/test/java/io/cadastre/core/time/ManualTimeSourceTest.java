package io.cadastre.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ManualTimeSourceTest {
  @Test
  void timeMovesOnlyWhenToldTo() {
    ManualTimeSource time = new ManualTimeSource(1_000);
    long nanos = time.nanoTime();
    time.advance(Duration.ofMillis(5));
    assertThat(time.wallMillis()).isEqualTo(1_005);
    assertThat(time.nanoTime() - nanos).isEqualTo(5_000_000);
    time.setWallMillis(10);
    assertThat(time.wallMillis()).isEqualTo(10);
    assertThat(time.nanoTime() - nanos).isEqualTo(5_000_000);
    assertThatThrownBy(() -> time.advance(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSystemsClocksAreTheSystems() {
    long before = System.currentTimeMillis();
    long nanos = TimeSource.system().nanoTime();
    assertThat(TimeSource.system().wallMillis()).isBetween(before - 1_000, before + 60_000);
    assertThat(System.nanoTime() - nanos).isNotNegative();
  }
}
