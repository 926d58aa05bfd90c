package io.cadastre.server.bootstrap;

import com.codahale.metrics.Counter;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.server.mount.StoreObserver;
import io.cadastre.ufs.decorate.BreakerObserver;
import io.cadastre.ufs.spi.StoreRequests;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Publishes what happens at mounted stores. Thread-safe. */
final class StoreMetrics implements StoreObserver {
  private final Metrics metrics;

  StoreMetrics(Metrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void ended(String operation, long nanos, boolean failed) {
    metrics.timer(MetricNames.UFS_MICROS, operation).update(nanos, TimeUnit.NANOSECONDS);
    Counter errors = metrics.counter(MetricNames.UFS_ERRORS, operation);
    if (failed) {
      errors.inc();
    }
  }

  @Override
  public void opened(String mountPath, State state) {
    metrics.gauge(
        MetricNames.UFS_BREAKER_OPEN, () -> state.circuitOpen().getAsBoolean() ? 1 : 0, mountPath);
    metrics.gauge(MetricNames.UFS_STUCK, state.stuck()::getAsInt, mountPath);
    metrics.timer(MetricNames.UFS_RATE_WAIT_MICROS, mountPath);
    if (state.requests().get() != StoreRequests.NONE) {
      for (StoreRequests.Kind kind : StoreRequests.Kind.values()) {
        metrics.count(
            MetricNames.UFS_REQUESTS, () -> state.requests().get().of(kind), mountPath, text(kind));
      }
    }
    if (state.prices().isKnown()) {
      metrics.gauge(
          MetricNames.UFS_PRICE_DOLLARS,
          () -> state.prices().dollars(state.requests().get()),
          mountPath);
    }
  }

  private static String text(StoreRequests.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void closed(String mountPath) {
    metrics.remove(MetricNames.UFS_BREAKER_OPEN, mountPath);
    metrics.remove(MetricNames.UFS_STUCK, mountPath);
    metrics.remove(MetricNames.UFS_PRICE_DOLLARS, mountPath);
    for (StoreRequests.Kind kind : StoreRequests.Kind.values()) {
      metrics.remove(MetricNames.UFS_REQUESTS, mountPath, text(kind));
    }
    metrics.remove(MetricNames.UFS_BREAKER_OPENED, mountPath);
    metrics.remove(MetricNames.UFS_BREAKER_REFUSED, mountPath);
    metrics.remove(MetricNames.UFS_RATE_WAIT_MICROS, mountPath);
  }

  @Override
  public BreakerObserver breaker(String mountPath) {
    Counter opened = metrics.counter(MetricNames.UFS_BREAKER_OPENED, mountPath);
    Counter refused = metrics.counter(MetricNames.UFS_BREAKER_REFUSED, mountPath);
    return new BreakerObserver() {
      @Override
      public void opened() {
        opened.inc();
      }

      @Override
      public void closed() {
        // The gauge tells.
      }

      @Override
      public void refused() {
        refused.inc();
      }
    };
  }

  @Override
  public LongConsumer waits(String mountPath) {
    return nanos ->
        metrics
            .timer(MetricNames.UFS_RATE_WAIT_MICROS, mountPath)
            .update(nanos, TimeUnit.NANOSECONDS);
  }
}
