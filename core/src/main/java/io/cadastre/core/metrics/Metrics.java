package io.cadastre.core.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.Meter;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Reservoir;
import com.codahale.metrics.Timer;
import io.cadastre.core.metrics.MetricName.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The running metrics of one process (or of one test): a Dropwizard registry behind the names of
 * {@link MetricNames}. Thread-safe. Asking for the same name and label values again gives the same
 * metric; hot paths should keep it in a field.
 *
 * <p>A name has at most {@value #MAX_SERIES_PER_NAME} series; label values beyond that share the
 * series whose labels are all "other".
 */
public final class Metrics {
  /** Series, that is combinations of label values, of one name. */
  public static final int MAX_SERIES_PER_NAME = 500;

  private static final String OTHER = "other";

  /**
   * One metric with its labels' values, as a publisher sees it.
   *
   * @param sum the sum of all values of a timer (nanoseconds) or histogram; 0 for the other kinds
   */
  public record Series(MetricName name, List<String> labelValues, Metric metric, long sum) {}

  private record Running(Metric metric, LongSupplier sum) {
    static Running withoutSum(Metric metric) {
      return new Running(metric, () -> 0);
    }
  }

  private record Key(MetricName name, List<String> labelValues) {}

  private final MetricRegistry registry = new MetricRegistry();
  private final Map<Key, Running> metrics = new ConcurrentHashMap<>();
  // Guarded by this.
  private final Map<MetricName, Integer> seriesPerName = new HashMap<>();

  public Counter counter(MetricName name, String... labelValues) {
    return (Counter)
        metric(name, Kind.COUNTER, () -> Running.withoutSum(new Counter()), labelValues);
  }

  public Meter meter(MetricName name, String... labelValues) {
    return (Meter) metric(name, Kind.METER, () -> Running.withoutSum(new Meter()), labelValues);
  }

  /** A timer whose quantiles are those of the last one to two minutes. */
  public Timer timer(MetricName name, String... labelValues) {
    return (Timer) metric(name, Kind.TIMER, () -> recent(Timer::new), labelValues);
  }

  /** A histogram whose quantiles are those of the last one to two minutes. */
  public Histogram histogram(MetricName name, String... labelValues) {
    return (Histogram) metric(name, Kind.HISTOGRAM, () -> recent(Histogram::new), labelValues);
  }

  private static Running recent(Function<Reservoir, Metric> maker) {
    RecentReservoir reservoir = new RecentReservoir();
    return new Running(maker.apply(reservoir), reservoir::sum);
  }

  /**
   * Sets what a gauge reads. A gauge that is there already is replaced, so that a component may be
   * closed and opened again. The supplier is called by the threads of publishers: it must be quick
   * and must not block.
   */
  public void gauge(MetricName name, Supplier<? extends Number> value, String... labelValues) {
    Key key = key(name, Kind.GAUGE, labelValues);
    Gauge<Number> gauge = value::get;
    synchronized (this) {
      replace(key, gauge);
    }
  }

  /**
   * Publishes a count that a component keeps itself. As with a gauge, one that is there already is
   * replaced, and the supplier must be quick.
   */
  public void count(MetricName name, LongSupplier value, String... labelValues) {
    Key key = key(name, Kind.COUNTER, labelValues);
    Counter counter =
        new Counter() {
          @Override
          public long getCount() {
            return value.getAsLong();
          }
        };
    synchronized (this) {
      replace(key, counter);
    }
  }

  private void replace(Key key, Metric metric) {
    Key admitted = admit(key);
    registry.remove(registryName(admitted));
    registry.register(registryName(admitted), metric);
    metrics.put(admitted, Running.withoutSum(metric));
  }

  /** Removes a metric; nothing happens if it is not there. */
  public synchronized void remove(MetricName name, String... labelValues) {
    Key key = new Key(name, List.of(labelValues));
    if (metrics.remove(key) != null) {
      registry.remove(registryName(key));
      seriesPerName.merge(name, -1, Integer::sum);
    }
  }

  /** Every series there is now, by name and label values. */
  public List<Series> series() {
    List<Series> series = new ArrayList<>();
    metrics.forEach(
        (key, running) ->
            series.add(
                new Series(
                    key.name(), key.labelValues(), running.metric, running.sum.getAsLong())));
    series.sort(
        Comparator.comparing((Series one) -> one.name().name())
            .thenComparing(one -> String.join("\0", one.labelValues())));
    return series;
  }

  /** The registry itself, for reporters that know Dropwizard. */
  public MetricRegistry registry() {
    return registry;
  }

  private Metric metric(
      MetricName name, Kind kind, Supplier<Running> maker, String... labelValues) {
    Key key = key(name, kind, labelValues);
    Running running = metrics.get(key);
    return (running != null ? running : create(key, maker)).metric;
  }

  private synchronized Running create(Key key, Supplier<Running> maker) {
    Key admitted = admit(key);
    Running running = metrics.get(admitted);
    if (running == null) {
      running = maker.get();
      registry.register(registryName(admitted), running.metric);
      metrics.put(admitted, running);
    }
    return running;
  }

  /** The key itself, or that of the shared series if its name has as many as it may have. */
  private Key admit(Key key) {
    if (metrics.containsKey(key)) {
      return key;
    }
    int series = seriesPerName.getOrDefault(key.name(), 0);
    if (series >= MAX_SERIES_PER_NAME) {
      counter(MetricNames.SERIES_DROPPED).inc();
      return new Key(key.name(), key.labelValues().stream().map(value -> OTHER).toList());
    }
    seriesPerName.put(key.name(), series + 1);
    return key;
  }

  private static Key key(MetricName name, Kind kind, String... labelValues) {
    if (name.kind() != kind) {
      throw new IllegalArgumentException(name + " is a " + name.kind() + ", not a " + kind);
    }
    if (name.labels().size() != labelValues.length) {
      throw new IllegalArgumentException(name + " has the labels " + name.labels());
    }
    return new Key(name, List.of(labelValues));
  }

  private static String registryName(Key key) {
    StringBuilder text = new StringBuilder(key.name().name());
    for (int i = 0; i < key.labelValues().size(); i++) {
      text.append(';').append(key.name().labels().get(i)).append('=');
      text.append(key.labelValues().get(i));
    }
    return text.toString();
  }
}
