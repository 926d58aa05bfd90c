package io.cadastre.server.bootstrap;

import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.raft.RaftJournal;
import io.cadastre.server.cache.DirectoryCache;
import io.cadastre.server.namespace.listing.ListViews;
import io.cadastre.server.transaction.Leadership;

/** Registers the gauges that look at components from outside. */
final class MasterMetrics {
  private MasterMetrics() {}

  static void register(
      Metrics metrics,
      RaftJournal journal,
      MasterRole role,
      DirectoryCache cache,
      ListViews views) {
    metrics.gauge(MetricNames.RAFT_LEADER, () -> role.current() == null ? 0 : 1);
    metrics.gauge(MetricNames.RAFT_TERM, journal::currentTerm);
    metrics.gauge(MetricNames.APPLIED_INDEX, journal::appliedRaftIndex);
    metrics.gauge(MetricNames.SNAPSHOT_INDEX, journal::snapshotIndex);
    metrics.gauge(
        MetricNames.JOURNAL_QUEUE_OPERATIONS,
        () -> {
          Leadership leadership = role.current();
          return leadership == null ? 0 : leadership.writer().queued();
        });
    metrics.gauge(
        MetricNames.LOCKS_HELD,
        () -> {
          Leadership leadership = role.current();
          return leadership == null ? 0 : leadership.locks().snapshot(0).locks();
        });
    metrics.gauge(
        MetricNames.INTENTS_OPEN,
        () -> {
          Leadership leadership = role.current();
          return leadership == null ? 0 : leadership.intents().open();
        });
    metrics.gauge(
        MetricNames.OPERATIONS_STORED,
        () -> {
          try (AppliedView view = journal.view()) {
            return view.operationCount();
          }
        });
    metrics.gauge(MetricNames.VIEWS_OPEN, views::size);
    metrics.gauge(MetricNames.DIRECTORY_CACHE_ENTRIES, cache::size);
    for (RaftJournal.MemberInfo member : journal.members()) {
      String name = member.member().name();
      metrics.gauge(MetricNames.RAFT_LOG_HELD_ENTRIES, () -> heldEntries(journal, name), name);
    }
  }

  /** Entries that the log keeps because this member does not have them yet. */
  private static long heldEntries(RaftJournal journal, String name) {
    long commit = 0;
    for (RaftJournal.MemberInfo info : journal.members()) {
      if (info.member().name().equals(name)) {
        commit = info.commitIndex();
      }
    }
    return commit < 0 ? 0 : Math.max(0, journal.appliedRaftIndex() - commit);
  }
}
