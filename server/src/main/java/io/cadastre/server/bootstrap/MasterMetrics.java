package io.cadastre.server.bootstrap;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.Timer;
import io.cadastre.core.metrics.MetricName;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.apply.ApplyMetrics;
import io.cadastre.journal.raft.RaftJournal;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.cache.DirectoryCache;
import io.cadastre.server.mount.StoreObserver;
import io.cadastre.server.namespace.listing.ListViews;
import io.cadastre.server.transaction.Leadership;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** Registers the gauges that look at components from outside, and makes what these report to. */
final class MasterMetrics {
  private static final int MOST_DETACHED = 10_000;

  private MasterMetrics() {}

  /** Told of what is applied and of snapshots. */
  static ApplyMetrics apply(Metrics metrics) {
    Timer micros = metrics.timer(MetricNames.APPLY_MICROS);
    Histogram batch = metrics.histogram(MetricNames.APPLY_BATCH_ENTRIES);
    Counter fenced = metrics.counter(MetricNames.JOURNAL_FENCED);
    Timer snapshots = metrics.timer(MetricNames.SNAPSHOT_MICROS);
    return new ApplyMetrics() {
      @Override
      public void batch(int entries, int operations, long bytes, long nanos) {
        micros.update(nanos, TimeUnit.NANOSECONDS);
        batch.update(entries);
      }

      @Override
      public void fenced() {
        fenced.inc();
      }

      @Override
      public void snapshot(long nanos) {
        snapshots.update(nanos, TimeUnit.NANOSECONDS);
      }
    };
  }

  /** Told of stores and of requests to them. */
  static StoreObserver stores(Metrics metrics) {
    return new StoreMetrics(metrics);
  }

  static void register(
      Metrics metrics,
      RaftJournal journal,
      MasterRole role,
      DirectoryCache cache,
      ListViews views,
      DiskWatch disk) {
    metrics.gauge(MetricNames.RAFT_LEADER, () -> role.current() == null ? 0 : 1);
    metrics.gauge(MetricNames.RAFT_TERM, journal::currentTerm);
    metrics.count(MetricNames.RAFT_LEADER_CHANGES, role::leaderChanges);
    metrics.gauge(MetricNames.APPLIED_INDEX, journal::appliedRaftIndex);
    metrics.gauge(MetricNames.SNAPSHOT_INDEX, journal::snapshotIndex);
    leading(metrics, MetricNames.JOURNAL_QUEUE_OPERATIONS, role, l -> l.writer().queued());
    leading(metrics, MetricNames.JOURNAL_QUEUE_BYTES, role, l -> l.writer().queuedBytes());
    leading(
        metrics, MetricNames.JOURNAL_ENTRIES_IN_FLIGHT, role, l -> l.writer().entriesInFlight());
    leading(metrics, MetricNames.LOCKS_HELD, role, l -> l.locks().snapshot(0).locks());
    leading(metrics, MetricNames.INTENTS_OPEN, role, l -> l.intents().open());
    viewed(metrics, MetricNames.OPERATIONS_STORED, journal, AppliedView::operationCount);
    viewed(metrics, MetricNames.RECLAIM_PENDING, journal, MasterMetrics::detached);
    viewed(
        metrics,
        MetricNames.SYNC_GUARDED,
        journal,
        view -> view.mounts().all().stream().filter(mount -> mount.guarded()).count());
    metrics.gauge(MetricNames.VIEWS_OPEN, views::size);
    metrics.count(MetricNames.VIEWS_EXPIRED, views::expired);
    metrics.count(MetricNames.LIST_ENTRIES, views::entriesSent);
    metrics.gauge(MetricNames.DIRECTORY_CACHE_ENTRIES, cache::size);
    metrics.count(MetricNames.DIRECTORY_CACHE_HITS, cache.hits()::sum);
    metrics.count(MetricNames.DIRECTORY_CACHE_MISSES, cache.misses()::sum);
    metrics.gauge(MetricNames.DISK_FREE_BYTES, disk::free);
    metrics.gauge(MetricNames.DISK_LOW, () -> disk.isLow() ? 1 : 0);
    for (RaftJournal.MemberInfo member : journal.members()) {
      String name = member.member().name();
      metrics.gauge(MetricNames.RAFT_LOG_HELD_ENTRIES, () -> heldEntries(journal, name), name);
      metrics.gauge(MetricNames.RAFT_FOLLOWER_LAG, () -> lag(journal, role, name), name);
    }
    store(metrics, journal.store());
  }

  private static void leading(
      Metrics metrics, MetricName name, MasterRole role, ToLongFunction<Leadership> value) {
    metrics.gauge(
        name,
        () -> {
          Leadership leadership = role.current();
          return leadership == null ? 0 : value.applyAsLong(leadership);
        });
  }

  private static void viewed(
      Metrics metrics, MetricName name, RaftJournal journal, ToLongFunction<AppliedView> value) {
    metrics.gauge(
        name,
        () -> {
          try (AppliedView view = journal.view()) {
            return value.applyAsLong(view);
          }
        });
  }

  private static long detached(AppliedView view) {
    long count = 0;
    try (RowCursor rows = view.scan(Family.DETACHED, new byte[0], null)) {
      for (; rows.valid() && count < MOST_DETACHED; rows.next()) {
        count++;
      }
    }
    return count;
  }

  private static void store(Metrics metrics, RocksInodeStore store) {
    metrics.gauge(MetricNames.STORE_DISK_BYTES, () -> sum(store, "rocksdb.total-sst-files-size"));
    metrics.gauge(
        MetricNames.STORE_MEMTABLE_BYTES, () -> sum(store, "rocksdb.cur-size-all-mem-tables"));
    // One cache for all families.
    metrics.gauge(
        MetricNames.STORE_CACHE_BYTES,
        () -> store.property(Family.CHILDREN, "rocksdb.block-cache-usage"));
    metrics.gauge(
        MetricNames.STORE_READER_BYTES, () -> sum(store, "rocksdb.estimate-table-readers-mem"));
    metrics.gauge(
        MetricNames.STORE_PENDING_COMPACTION_BYTES,
        () -> sum(store, "rocksdb.estimate-pending-compaction-bytes"));
    metrics.gauge(
        MetricNames.STORE_WRITE_STALLED,
        () ->
            sum(store, "rocksdb.is-write-stopped") + sum(store, "rocksdb.actual-delayed-write-rate")
                    > 0
                ? 1
                : 0);
    for (Family family : Family.values()) {
      metrics.gauge(
          MetricNames.STORE_ROWS,
          () -> store.property(family, "rocksdb.estimate-num-keys"),
          family.name().toLowerCase(Locale.ROOT));
    }
  }

  private static long sum(RocksInodeStore store, String property) {
    return Arrays.stream(Family.values())
        .mapToLong(family -> store.property(family, property))
        .sum();
  }

  /** Entries that the log keeps because this member is not known to have them. */
  private static long heldEntries(RaftJournal journal, String name) {
    long has = Math.max(commitOf(journal, name), journal.logStartIndex() - 1);
    return Math.max(0, journal.appliedRaftIndex() - has);
  }

  private static long commitOf(RaftJournal journal, String name) {
    return journal.members().stream()
        .filter(info -> info.member().name().equals(name))
        .mapToLong(RaftJournal.MemberInfo::commitIndex)
        .findFirst()
        .orElse(-1);
  }

  private static long lag(RaftJournal journal, MasterRole role, String name) {
    if (role.current() == null) {
      return 0;
    }
    long match =
        journal.members().stream()
            .filter(info -> info.member().name().equals(name))
            .mapToLong(RaftJournal.MemberInfo::matchIndex)
            .findFirst()
            .orElse(0);
    return Math.max(0, journal.appliedRaftIndex() - Math.max(0, match));
  }
}
