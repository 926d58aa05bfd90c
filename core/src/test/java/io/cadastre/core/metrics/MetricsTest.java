package io.cadastre.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.Gauge;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics();

  @Test
  void theSameNameAndLabelsAreTheSameMetric() {
    metrics.counter(MetricNames.CALL_ERRORS, "stat", "BUSY").inc();
    metrics.counter(MetricNames.CALL_ERRORS, "stat", "BUSY").inc();
    metrics.counter(MetricNames.CALL_ERRORS, "stat", "NOT_FOUND").inc();
    assertThat(metrics.counter(MetricNames.CALL_ERRORS, "stat", "BUSY").getCount()).isEqualTo(2);
    assertThat(metrics.series())
        .extracting(Metrics.Series::labelValues)
        .containsExactly(List.of("stat", "BUSY"), List.of("stat", "NOT_FOUND"));
    assertThat(metrics.registry().getCounters())
        .containsKey("cadastre.calls.errors;op=stat;code=BUSY");
  }

  @Test
  void aNameIsUsedAsWhatItIs() {
    assertThatThrownBy(() -> metrics.counter(MetricNames.CALL_MICROS, "stat"))
        .hasMessageContaining("is a TIMER, not a COUNTER");
    assertThatThrownBy(() -> metrics.timer(MetricNames.CALL_MICROS))
        .hasMessageContaining("has the labels [op]");
  }

  @Test
  void timersKnowTheirSum() {
    metrics.timer(MetricNames.JOURNAL_APPEND_MICROS).update(3, TimeUnit.MILLISECONDS);
    metrics.timer(MetricNames.JOURNAL_APPEND_MICROS).update(4, TimeUnit.MILLISECONDS);
    assertThat(metrics.series())
        .singleElement()
        .extracting(Metrics.Series::sum)
        .isEqualTo(7_000_000L);
  }

  @Test
  void aGaugeIsReplacedAndRemoved() {
    metrics.gauge(MetricNames.APPLIED_INDEX, () -> 1);
    metrics.gauge(MetricNames.APPLIED_INDEX, () -> 2);
    assertThat(metrics.series())
        .singleElement()
        .extracting(series -> ((Gauge<?>) series.metric()).getValue())
        .isEqualTo(2);
    metrics.remove(MetricNames.APPLIED_INDEX);
    metrics.remove(MetricNames.APPLIED_INDEX);
    assertThat(metrics.series()).isEmpty();
    assertThat(metrics.registry().getMetrics()).isEmpty();
  }

  @Test
  void theNumberOfSeriesIsBounded() {
    int names = Metrics.MAX_SERIES_PER_NAME + 10;
    for (int i = 0; i < names; i++) {
      metrics.counter(MetricNames.CALL_ERRORS, "op" + i, "BUSY").inc();
    }
    assertThat(metrics.series().stream().filter(s -> s.name().equals(MetricNames.CALL_ERRORS)))
        .hasSize(Metrics.MAX_SERIES_PER_NAME + 1);
    assertThat(metrics.counter(MetricNames.CALL_ERRORS, "other", "other").getCount()).isEqualTo(10);
    assertThat(metrics.counter(MetricNames.SERIES_DROPPED).getCount()).isPositive();
  }
}
