package io.cadastre.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
  private static final Pattern LINE =
      Pattern.compile(
          "# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[a-z]+=\"([^\"\\\\\\n"
              + "]|\\\\.)*\"(,[a-z]+=\"([^\"\\\\\\n"
              + "]|\\\\.)*\")*\\})? (NaN|[+-]Inf|-?[0-9.E+-]+)");

  private final Metrics metrics = new Metrics();

  @Test
  void countersAndMetersAreTotals() {
    metrics.counter(MetricNames.CALL_ERRORS, "stat", "BUSY").inc();
    metrics.counter(MetricNames.CALL_ERRORS, "a\"\\\n", "X").inc(2);
    metrics.meter(MetricNames.RECLAIMED_ENTRIES).mark(5);
    assertThat(PrometheusText.of(metrics))
        .isEqualTo(
            """
            # HELP cadastre_calls_errors_total Calls that were answered with an error.
            # TYPE cadastre_calls_errors_total counter
            cadastre_calls_errors_total{op="a\\"\\\\\\n",code="X"} 2
            cadastre_calls_errors_total{op="stat",code="BUSY"} 1
            # HELP cadastre_reclaim_entries_total Entries of deleted directories that were reclaimed.
            # TYPE cadastre_reclaim_entries_total counter
            cadastre_reclaim_entries_total 5
            """);
  }

  @Test
  void timersAreSummariesInMicroseconds() {
    metrics.timer(MetricNames.CALL_MICROS, "stat").update(20, TimeUnit.MICROSECONDS);
    assertThat(PrometheusText.of(metrics))
        .contains("# TYPE cadastre_calls_micros summary\n")
        .containsPattern("cadastre_calls_micros\\{op=\"stat\",quantile=\"0.99\"} (19|20)\\.")
        .contains("cadastre_calls_micros_sum{op=\"stat\"} 20.0\n")
        .contains("cadastre_calls_micros_count{op=\"stat\"} 1\n");
  }

  @Test
  void aSummaryWithoutValuesHasNoQuantiles() {
    metrics.histogram(MetricNames.JOURNAL_ENTRY_BYTES);
    assertThat(PrometheusText.of(metrics))
        .contains("cadastre_journal_entry_bytes{quantile=\"0.5\"} NaN\n")
        .contains("cadastre_journal_entry_bytes_count 0\n");
  }

  @Test
  void aBrokenGaugeDoesNotSpoilThePage() {
    metrics.gauge(
        MetricNames.APPLIED_INDEX,
        () -> {
          throw new IllegalStateException("the store is closed");
        });
    metrics.gauge(MetricNames.RAFT_TERM, () -> 9_007_199_254_740_993L);
    metrics.gauge(MetricNames.VIEWS_OPEN, () -> 0.5);
    assertThat(PrometheusText.of(metrics))
        .contains("\ncadastre_raft_term 9007199254740993\n", "\ncadastre_views_open 0.5\n")
        .doesNotContain("\ncadastre_journal_applied_index ");
  }

  @Test
  void theProcessIsMeasuredAndEveryLineIsWellFormed() {
    ProcessMetrics.register(metrics);
    metrics.counter(MetricNames.CALL_ERRORS, "a\"\\\n", "X").inc(2);
    metrics.timer(MetricNames.CALL_MICROS, "stat").update(20, TimeUnit.SECONDS);
    String text = PrometheusText.of(metrics);
    assertThat(text.lines()).allMatch(line -> LINE.matcher(line).matches());
    assertThat(text)
        .containsPattern("\ncadastre_process_resident_bytes [1-9][0-9]{6,}\n")
        .containsPattern("\ncadastre_process_open_files [1-9]")
        .containsPattern("\ncadastre_jvm_threads [1-9]");
  }
}
