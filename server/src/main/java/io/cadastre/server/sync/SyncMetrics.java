package io.cadastre.server.sync;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Meter;
import com.codahale.metrics.Timer;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import java.util.concurrent.TimeUnit;

/** What syncs have done, summed up when each ends. Thread-safe. */
final class SyncMetrics {
  final Counter marks;
  final Counter absentHits;
  final Counter absentMisses;
  final Counter absentEvictions;
  private final Counter clean;
  private final Counter partial;
  private final Counter failed;
  private final Timer micros;
  private final Meter listings;
  private final Meter lookups;
  private final Meter created;
  private final Meter updated;
  private final Meter replaced;
  private final Meter deleted;
  private final Meter unchanged;
  private final Counter skipped;
  private final Counter failedPaths;

  SyncMetrics(Metrics metrics) {
    marks = metrics.counter(MetricNames.SYNC_MARKS);
    absentHits = metrics.counter(MetricNames.ABSENT_CACHE_HITS);
    absentMisses = metrics.counter(MetricNames.ABSENT_CACHE_MISSES);
    absentEvictions = metrics.counter(MetricNames.ABSENT_CACHE_EVICTIONS);
    clean = metrics.counter(MetricNames.SYNC_RUNS, "clean");
    partial = metrics.counter(MetricNames.SYNC_RUNS, "partial");
    failed = metrics.counter(MetricNames.SYNC_RUNS, "failed");
    micros = metrics.timer(MetricNames.SYNC_MICROS);
    listings = metrics.meter(MetricNames.SYNC_STORE_LISTINGS);
    lookups = metrics.meter(MetricNames.SYNC_STORE_LOOKUPS);
    created = metrics.meter(MetricNames.SYNC_CREATED);
    updated = metrics.meter(MetricNames.SYNC_UPDATED);
    replaced = metrics.meter(MetricNames.SYNC_REPLACED);
    deleted = metrics.meter(MetricNames.SYNC_DELETED);
    unchanged = metrics.meter(MetricNames.SYNC_UNCHANGED);
    skipped = metrics.counter(MetricNames.SYNC_SKIPPED);
    failedPaths = metrics.counter(MetricNames.SYNC_FAILED);
  }

  /**
   * A run has ended.
   *
   * @param brokeOff whether it did not come to its end
   */
  void ended(SyncContext context, long nanos, boolean brokeOff) {
    SyncProgress progress = context.progress();
    micros.update(nanos, TimeUnit.NANOSECONDS);
    (brokeOff ? failed : progress.isClean() ? clean : partial).inc();
    listings.mark(progress.listings.sum());
    lookups.mark(progress.lookups.sum());
    skipped.inc(progress.skipped.sum());
    failedPaths.inc(progress.failed.sum());
    unchanged.mark(progress.unchanged.sum());
    // A dry run only reports what it would do.
    if (!context.dryRun()) {
      created.mark(progress.created.sum());
      updated.mark(progress.updated.sum());
      replaced.mark(progress.replaced.sum());
      deleted.mark(progress.deleted.sum());
    }
  }
}
