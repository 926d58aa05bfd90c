package io.cadastre.core.metrics;

import io.cadastre.core.metrics.MetricName.Kind;
import java.util.ArrayList;
import java.util.List;

/** Every metric there is. Dashboards and alarms are built on these names: add, do not rename. */
public final class MetricNames {
  // Declared before the names, whose initialisation fills it.
  private static final List<MetricName> ALL = new ArrayList<>();

  // Calls.
  public static final MetricName CALL_ERRORS =
      counter("cadastre.calls.errors", "Calls that were answered with an error.", "op", "code");
  public static final MetricName CALL_MICROS =
      timer(
          "cadastre.calls.micros",
          "From a call's arrival to its answer; counts the calls too.",
          "op");
  public static final MetricName CALLS_IN_PROGRESS =
      gauge("cadastre.calls.in.progress", "Calls that are being worked on.");
  public static final MetricName CALLS_REPEATED =
      counter("cadastre.calls.repeated", "Retries that were given their first answer.");

  // Journal.
  public static final MetricName JOURNAL_ENTRIES =
      meter("cadastre.journal.entries", "Entries appended by this master.");
  public static final MetricName JOURNAL_OPERATIONS =
      meter("cadastre.journal.operations", "Operations in the entries appended by this master.");
  public static final MetricName JOURNAL_ENTRY_BYTES =
      histogram("cadastre.journal.entry.bytes", "Size of an entry, before it is packed.");
  public static final MetricName JOURNAL_BATCH_OPERATIONS =
      histogram("cadastre.journal.batch.operations", "Operations packed into one entry.");
  public static final MetricName JOURNAL_APPEND_MICROS =
      timer("cadastre.journal.append.micros", "From submitting an entry to its apply here.");
  public static final MetricName JOURNAL_APPEND_FAILURES =
      counter(
          "cadastre.journal.append.failures", "Appends that failed or whose outcome is unclear.");
  public static final MetricName JOURNAL_QUEUE_OPERATIONS =
      gauge("cadastre.journal.queue.operations", "Operations that wait for the journal.");
  public static final MetricName JOURNAL_QUEUE_BYTES =
      gauge("cadastre.journal.queue.bytes", "Bytes of operations that wait for the journal.");
  public static final MetricName JOURNAL_QUEUE_REFUSED =
      counter("cadastre.journal.queue.refused", "Operations refused because the queue was full.");
  public static final MetricName JOURNAL_ENTRIES_IN_FLIGHT =
      gauge("cadastre.journal.entries.in.flight", "Entries on their way to the quorum.");
  public static final MetricName JOURNAL_FENCED =
      counter("cadastre.journal.fenced", "Entries not applied since they are of an older term.");
  public static final MetricName APPLY_MICROS =
      timer("cadastre.journal.apply.micros", "Applying one batch of entries to the store.");
  public static final MetricName APPLY_BATCH_ENTRIES =
      histogram("cadastre.journal.apply.batch.entries", "Entries applied in one store batch.");
  public static final MetricName APPLIED_INDEX =
      gauge("cadastre.journal.applied.index", "Raft index of the newest applied entry.");
  public static final MetricName SNAPSHOT_INDEX =
      gauge(
          "cadastre.journal.snapshot.index",
          "Raft index of the newest snapshot; -1 if there is none.");
  public static final MetricName SNAPSHOT_MICROS =
      timer("cadastre.journal.snapshot.micros", "Taking a snapshot.");

  // Raft.
  public static final MetricName RAFT_LEADER =
      gauge("cadastre.raft.leader", "1 on the master that leads and serves, else 0.");
  public static final MetricName RAFT_TERM = gauge("cadastre.raft.term", "The current term.");
  public static final MetricName RAFT_LEADER_CHANGES =
      counter("cadastre.raft.leader.changes", "Changes of leadership that this master has seen.");
  public static final MetricName RAFT_LOG_HELD_ENTRIES =
      gauge(
          "cadastre.raft.log.held.entries",
          "Log entries kept only because this member is not known to have them.",
          "member");
  public static final MetricName RAFT_FOLLOWER_LAG =
      gauge(
          "cadastre.raft.follower.lag.entries",
          "On the leader: entries by which a member lags.",
          "member");

  // Locks.
  public static final MetricName LOCK_WAIT_MICROS =
      timer("cadastre.locks.wait.micros", "Time spent waiting for locks that were not free.");
  public static final MetricName LOCK_TIMEOUTS =
      counter("cadastre.locks.timeouts", "Operations that gave up waiting for a lock.");
  public static final MetricName LOCKS_HELD =
      gauge("cadastre.locks.held", "Locks held now, shared and exclusive.");

  // Inode store.
  public static final MetricName STORE_DISK_BYTES =
      gauge("cadastre.store.disk.bytes", "Bytes of the store's files.");
  public static final MetricName STORE_MEMTABLE_BYTES =
      gauge("cadastre.store.memtable.bytes", "Memory for rows not yet in a file.");
  public static final MetricName STORE_CACHE_BYTES =
      gauge("cadastre.store.cache.bytes", "Memory for cached blocks.");
  public static final MetricName STORE_READER_BYTES =
      gauge("cadastre.store.reader.bytes", "Memory for indexes and filters outside the cache.");
  public static final MetricName STORE_PENDING_COMPACTION_BYTES =
      gauge("cadastre.store.pending.compaction.bytes", "Bytes that compaction is behind.");
  public static final MetricName STORE_WRITE_STALLED =
      gauge("cadastre.store.write.stalled", "1 while the store holds writes back, else 0.");
  public static final MetricName STORE_ROWS =
      gauge("cadastre.store.rows", "Rows, estimated.", "family");

  // Caches.
  public static final MetricName DIRECTORY_CACHE_HITS =
      counter("cadastre.directory.cache.hits", "Directories found in the cache.");
  public static final MetricName DIRECTORY_CACHE_MISSES =
      counter("cadastre.directory.cache.misses", "Directories read from the store.");
  public static final MetricName DIRECTORY_CACHE_ENTRIES =
      gauge("cadastre.directory.cache.entries", "Directories in the cache.");

  // Metadata sync.
  public static final MetricName SYNC_RUNS =
      counter("cadastre.sync.runs", "Syncs that ended, by how they ended.", "result");
  public static final MetricName SYNC_MICROS =
      timer("cadastre.sync.micros", "From the start of a sync to its end.");
  public static final MetricName SYNC_STORE_LISTINGS =
      meter("cadastre.sync.store.listings", "Listing requests to stores.");
  public static final MetricName SYNC_STORE_LOOKUPS =
      meter("cadastre.sync.store.lookups", "Single lookups in stores.");
  public static final MetricName SYNC_CREATED =
      meter("cadastre.sync.created", "Inodes created by sync.");
  public static final MetricName SYNC_UPDATED =
      meter("cadastre.sync.updated", "Inodes updated by sync.");
  public static final MetricName SYNC_REPLACED =
      meter("cadastre.sync.replaced", "Inodes replaced by one of another kind by sync.");
  public static final MetricName SYNC_DELETED =
      meter("cadastre.sync.deleted", "Inodes deleted by sync.");
  public static final MetricName SYNC_UNCHANGED =
      meter("cadastre.sync.unchanged", "Inodes that sync compared and left as they were.");
  public static final MetricName SYNC_SKIPPED =
      counter("cadastre.sync.skipped", "Decisions dropped because the inode changed meanwhile.");
  public static final MetricName SYNC_FAILED =
      counter("cadastre.sync.failed", "Paths that could not be read or written.");
  public static final MetricName SYNC_MARKS =
      counter("cadastre.sync.marks", "Sync marks that were journaled.");
  public static final MetricName SYNC_MARKS_WAITING =
      gauge("cadastre.sync.marks.waiting", "Sync marks that are not journaled yet.");
  public static final MetricName SYNC_THREADS_BUSY =
      gauge("cadastre.sync.threads.busy", "Threads that compare, by kind of sync.", "kind");
  public static final MetricName SYNC_REST =
      gauge(
          "cadastre.sync.rest",
          "What recursive syncs rest for each time that they work, to give way to callers.");
  public static final MetricName SYNC_WAITING =
      gauge("cadastre.sync.waiting", "Syncs that wait for a thread, by kind of sync.", "kind");
  public static final MetricName SYNC_STATUS_CACHE_HITS =
      counter(
          "cadastre.sync.status.cache.hits", "Listings that had been asked for ahead when wanted.");
  public static final MetricName SYNC_STATUS_CACHE_MISSES =
      counter("cadastre.sync.status.cache.misses", "Listings that a sync had to wait for.");
  public static final MetricName SYNC_STATUS_CACHE_ENTRIES =
      gauge(
          "cadastre.sync.status.cache.entries",
          "Entries of stores kept for syncs, or asked for ahead.");
  public static final MetricName SYNC_GUARDED =
      gauge(
          "cadastre.sync.guarded.mounts", "Mounts whose deletes the mass-delete guard holds back.");

  public static final MetricName ABSENT_CACHE_HITS =
      counter(
          "cadastre.sync.absent.cache.hits",
          "Unknown paths that were not asked for, since their store had said that they are absent.");
  public static final MetricName ABSENT_CACHE_MISSES =
      counter("cadastre.sync.absent.cache.misses", "Unknown paths that their store was asked for.");
  public static final MetricName ABSENT_CACHE_ENTRIES =
      gauge("cadastre.sync.absent.cache.entries", "Absent paths in the cache.");
  public static final MetricName ABSENT_CACHE_EVICTIONS =
      counter(
          "cadastre.sync.absent.cache.evictions",
          "Absent paths dropped because of the cache's bound.");

  public static final MetricName SYNC_TASKS_RUNNING =
      gauge("cadastre.sync.tasks.running", "Loads in the background that run here.");
  public static final MetricName SYNC_TASKS_WAITING =
      gauge("cadastre.sync.tasks.waiting", "Loads in the background that wait for others to end.");
  public static final MetricName SYNC_TASKS_ENDED =
      counter(
          "cadastre.sync.tasks.ended",
          "Loads in the background that ended under this leader, by state.",
          "state");
  public static final MetricName SYNC_SCHEDULE_RUNS =
      counter("cadastre.sync.schedule.runs", "Syncs by schedule that were begun.");
  public static final MetricName SYNC_SCHEDULE_LATE_SECONDS =
      gauge(
          "cadastre.sync.schedule.late.seconds",
          "By how much the oldest path with a schedule is older than it may be; 0 if none is.");

  // Under storage.
  public static final MetricName UFS_MICROS =
      timer("cadastre.ufs.micros", "Requests to stores, from sending to the answer.", "op");
  public static final MetricName UFS_ERRORS =
      counter("cadastre.ufs.errors", "Requests to stores that failed.", "op");
  public static final MetricName UFS_REQUESTS =
      counter(
          "cadastre.ufs.requests",
          "Requests that this master sent to a mount's object store, retries included: what its"
              + " operator bills.",
          "mount",
          "kind");
  public static final MetricName UFS_PRICE_DOLLARS =
      gauge(
          "cadastre.ufs.price.dollars",
          "Estimated price of those requests, by the prices of the mount's options.",
          "mount");
  public static final MetricName UFS_RATE_WAIT_MICROS =
      timer(
          "cadastre.ufs.rate.wait.micros",
          "Waits of requests for their turn under a mount's requests.per.second.",
          "mount");
  public static final MetricName UFS_BREAKER_OPEN =
      gauge(
          "cadastre.ufs.breaker.open",
          "1 while a mount's requests fail at once because its store did not answer, else 0.",
          "mount");
  public static final MetricName UFS_BREAKER_OPENED =
      counter("cadastre.ufs.breaker.opened", "Times that a mount's circuit opened.", "mount");
  public static final MetricName UFS_BREAKER_REFUSED =
      counter(
          "cadastre.ufs.breaker.refused",
          "Requests not sent because their mount's circuit was open.",
          "mount");
  public static final MetricName UFS_STUCK =
      gauge(
          "cadastre.ufs.stuck",
          "Requests of a mount that nobody waits for any more and its store has not answered.",
          "mount");
  public static final MetricName INTENTS_OPEN =
      gauge("cadastre.intents.open", "Store changes whose outcome is not journaled yet.");

  // Listings.
  public static final MetricName VIEWS_OPEN =
      gauge("cadastre.views.open", "Views held open by listings.");
  public static final MetricName VIEWS_EXPIRED =
      counter("cadastre.views.expired", "Views closed before their listing ended.");
  public static final MetricName LIST_ENTRIES =
      counter("cadastre.list.entries", "Entries sent in listings.");

  // Operation ids and reclaim.
  public static final MetricName OPERATIONS_STORED =
      gauge("cadastre.operations.stored", "Answers kept for retries.");
  public static final MetricName RECLAIMED_ENTRIES =
      meter("cadastre.reclaim.entries", "Entries of deleted directories that were reclaimed.");
  public static final MetricName RECLAIM_PENDING =
      gauge(
          "cadastre.reclaim.pending",
          "Detached directories that wait to be reclaimed; 10000 means that or more.");

  // Process.
  public static final MetricName PROCESS_START_SECONDS =
      gauge("cadastre.process.start.seconds", "When the process started, Unix time.");
  public static final MetricName PROCESS_CPU_SECONDS =
      gauge("cadastre.process.cpu.seconds", "CPU time used by the process.");
  public static final MetricName PROCESS_RESIDENT_BYTES =
      gauge("cadastre.process.resident.bytes", "Resident memory; -1 if it cannot be told.");
  public static final MetricName PROCESS_OPEN_FILES =
      gauge("cadastre.process.open.files", "Open file descriptors; -1 if it cannot be told.");
  public static final MetricName JVM_HEAP_USED_BYTES =
      gauge("cadastre.jvm.heap.used.bytes", "Heap in use.");
  public static final MetricName JVM_HEAP_MAX_BYTES =
      gauge("cadastre.jvm.heap.max.bytes", "The most the heap may grow to.");
  public static final MetricName JVM_GC_SECONDS =
      gauge("cadastre.jvm.gc.seconds", "Time spent in garbage collection.");
  public static final MetricName JVM_THREADS =
      gauge("cadastre.jvm.threads", "Threads that are alive.");
  public static final MetricName DISK_FREE_BYTES =
      gauge("cadastre.disk.free.bytes", "Free space on the disk of the storage directory.");
  public static final MetricName DISK_LOW =
      gauge(
          "cadastre.disk.low",
          "1 while this master must not lead or write because its disk is nearly full, else 0.");
  public static final MetricName SERIES_DROPPED =
      counter("cadastre.metrics.series.dropped", "Series folded into label value 'other'.");

  private MetricNames() {}

  /** Every name, in the order of declaration. */
  public static List<MetricName> all() {
    return List.copyOf(ALL);
  }

  private static MetricName counter(String name, String help, String... labels) {
    return add(name, Kind.COUNTER, help, labels);
  }

  private static MetricName meter(String name, String help, String... labels) {
    return add(name, Kind.METER, help, labels);
  }

  private static MetricName timer(String name, String help, String... labels) {
    return add(name, Kind.TIMER, help, labels);
  }

  private static MetricName histogram(String name, String help, String... labels) {
    return add(name, Kind.HISTOGRAM, help, labels);
  }

  private static MetricName gauge(String name, String help, String... labels) {
    return add(name, Kind.GAUGE, help, labels);
  }

  private static MetricName add(String name, Kind kind, String help, String... labels) {
    MetricName metric = new MetricName(name, kind, help, List.of(labels));
    ALL.add(metric);
    return metric;
  }
}
