package io.cadastre.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ProcessUsageTest {
  private final long own = ProcessHandle.current().pid();

  @Test
  void cpuTimeGrowsWithWork() {
    long before = ProcessUsage.cpuMicros(own);
    long sum = 0;
    for (long start = System.nanoTime(); System.nanoTime() - start < 200_000_000; ) {
      sum += Long.hashCode(start);
    }
    assertThat(sum).isNotZero();
    assertThat(ProcessUsage.cpuMicros(own)).isGreaterThan(before);
  }

  @Test
  void memoryIsThatOfTheProcess() {
    assertThat(ProcessUsage.residentBytes(own)).isBetween(10L << 20, 100L << 30);
    assertThat(ProcessUsage.peakResidentBytes(own))
        .isGreaterThanOrEqualTo(ProcessUsage.residentBytes(own) - (64L << 20));
  }

  @Test
  void aProcessThatIsGoneIsAnError() {
    assertThatThrownBy(() -> ProcessUsage.cpuMicros(Integer.MAX_VALUE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("is gone");
  }
}
