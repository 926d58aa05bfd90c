package io.cadastre.server.http;

import com.codahale.metrics.Counting;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Sampling;
import com.codahale.metrics.Snapshot;
import io.cadastre.core.metrics.MetricName;
import io.cadastre.core.metrics.Metrics;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes metrics in Prometheus' text format 0.0.4. Written by hand rather than with Prometheus'
 * bridge for Dropwizard, because that knows neither help texts nor labels nor sums.
 *
 * <p>A counter or meter {@code cadastre.calls.errors} becomes {@code cadastre_calls_errors_total};
 * a timer or histogram becomes a summary with quantiles of the last one to two minutes, timers in
 * microseconds.
 */
final class PrometheusText {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Logger LOG = LoggerFactory.getLogger(PrometheusText.class);
  private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999};
  private static final double NANOS_PER_MICRO = 1_000;

  private final StringBuilder text = new StringBuilder(16_384);

  private PrometheusText() {}

  static String of(Metrics metrics) {
    PrometheusText page = new PrometheusText();
    MetricName name = null;
    for (Metrics.Series series : metrics.series()) {
      if (!series.name().equals(name)) {
        name = series.name();
        page.head(name);
      }
      page.series(series);
    }
    return page.text.toString();
  }

  private void head(MetricName name) {
    String type =
        switch (name.kind()) {
          case COUNTER, METER -> "counter";
          case TIMER, HISTOGRAM -> "summary";
          case GAUGE -> "gauge";
        };
    text.append("# HELP ").append(exposed(name)).append(' ').append(escaped(name.help(), false));
    text.append("\n# TYPE ").append(exposed(name)).append(' ').append(type).append('\n');
  }

  private void series(Metrics.Series series) {
    switch (series.name().kind()) {
      case COUNTER, METER ->
          sample(series, "", null, String.valueOf(((Counting) series.metric()).getCount()));
      case TIMER -> summary(series, NANOS_PER_MICRO);
      case HISTOGRAM -> summary(series, 1);
      case GAUGE -> gauge(series);
    }
  }

  private void summary(Metrics.Series series, double divisor) {
    Snapshot snapshot = ((Sampling) series.metric()).getSnapshot();
    for (double quantile : QUANTILES) {
      // Without values there is no quantile; 0 would look like a very fast call.
      double value = snapshot.size() == 0 ? Double.NaN : snapshot.getValue(quantile) / divisor;
      sample(series, "", String.valueOf(quantile), number(value));
    }
    sample(series, "_sum", null, number(series.sum() / divisor));
    sample(series, "_count", null, String.valueOf(((Counting) series.metric()).getCount()));
  }

  private void gauge(Metrics.Series series) {
    Object value;
    try {
      value = ((Gauge<?>) series.metric()).getValue();
    } catch (RuntimeException e) {
      LOG.warn("A gauge could not be read, metric={}", series.name(), e);
      return;
    }
    if (value instanceof Long || value instanceof Integer) {
      sample(series, "", null, value.toString());
    } else if (value instanceof Number number) {
      sample(series, "", null, number(number.doubleValue()));
    }
  }

  private void sample(Metrics.Series series, String suffix, String quantile, String value) {
    text.append(exposed(series.name())).append(suffix);
    List<String> names = series.name().labels();
    char separator = '{';
    for (int i = 0; i < names.size(); i++) {
      label(separator, names.get(i), series.labelValues().get(i));
      separator = ',';
    }
    if (quantile != null) {
      label(separator, "quantile", quantile);
      separator = ',';
    }
    text.append(separator == ',' ? "} " : " ").append(value).append('\n');
  }

  private void label(char separator, String name, String value) {
    text.append(separator).append(name).append("=\"").append(escaped(value, true)).append('"');
  }

  private static String exposed(MetricName name) {
    String base = name.name().replace('.', '_');
    return switch (name.kind()) {
      case COUNTER, METER -> base + "_total";
      default -> base;
    };
  }

  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return String.valueOf(value);
  }

  private static String escaped(String value, boolean quotes) {
    String escaped = value.replace("\\", "\\\\").replace("\n", "\\n");
    return quotes ? escaped.replace("\"", "\\\"") : escaped;
  }
}
