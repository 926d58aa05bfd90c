package io.cadastre.core.config;

import static io.cadastre.core.config.ConfigScope.CLIENT;
import static io.cadastre.core.config.ConfigScope.MASTER;
import static io.cadastre.core.config.ConfigScope.POLICY;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Every key there is, in the order of the reference page. To add one: declare it here, add it to
 * the table in {@code ConfigKeysTest}, and regenerate {@code docs/configuration.md} with {@link
 * ConfigReference}.
 */
public final class ConfigKeys {
  private record Default(String doc, Supplier<String> text) {}

  private static final Set<ConfigScope> EVERYWHERE = EnumSet.allOf(ConfigScope.class);

  // Declared before the keys, whose initialisation fills it.
  private static final Map<String, ConfigKey<?>> BY_NAME = new LinkedHashMap<>();

  public static final ConfigKey<ClusterMembers> CLUSTER_MEMBERS =
      add(
          ConfigSection.CLUSTER,
          MASTER,
          "cadastre.cluster.members",
          ValueTypes.clusterMembers(),
          text("m1=127.0.0.1:19870:19871:19872"),
          "Every voting master as NAME=HOST:RAFT:RPC:HTTP: the host the others reach it "
              + "at and its ports for Raft, for clients (gRPC) and for HTTP. The same list on "
              + "every master; a master takes its own ports from the entry of its name.");

  public static final ConfigKey<String> MASTER_NAME =
      add(
          ConfigSection.CLUSTER,
          MASTER,
          "cadastre.master.name",
          new NodeNameType(),
          text("m1"),
          "This master's name; one of the names in cadastre.cluster.members. It never "
              + "changes during the life of its storage.");

  public static final ConfigKey<String> MASTER_BIND_ADDRESS =
      add(
          ConfigSection.CLUSTER,
          MASTER,
          "cadastre.master.bind.address",
          ValueTypes.string(false, "a host name or address of this machine"),
          text("127.0.0.1"),
          "The address that the ports of this master listen on. Anything but a loopback "
              + "address is refused unless cadastre.security.insecure.network is true.");

  public static final ConfigKey<Path> MASTER_STORAGE_DIR =
      add(
          ConfigSection.CLUSTER,
          MASTER,
          "cadastre.master.storage.dir",
          ValueTypes.path(),
          text("data/master"),
          "Where this master keeps its identity, its Raft log (raft/) and its inode store"
              + " (store/). One directory per master; a relative path starts at the directory "
              + "the process was started in.");

  public static final ConfigKey<Long> MASTER_DISK_FREE_MIN =
      add(
          ConfigSection.CLUSTER,
          MASTER,
          "cadastre.master.disk.free.min",
          ByteSizeType.between("0", "1TB"),
          text("256MB"),
          "Free space on the disk of the storage directory below which a master steps "
              + "down and refuses writes, so that the disk never fills up half-way through one.");

  public static final ConfigKey<Boolean> SECURITY_INSECURE_NETWORK =
      add(
          ConfigSection.SECURITY,
          MASTER,
          "cadastre.security.insecure.network",
          ValueTypes.bool(),
          text("false"),
          "Allow ports on an address other than loopback although callers are not "
              + "authenticated and nothing is encrypted. Warned about at each start and in "
              + "/health.");

  public static final ConfigKey<String> SECURITY_SUPERUSER =
      add(
          ConfigSection.SECURITY,
          MASTER,
          "cadastre.security.superuser",
          ValueTypes.string(false, "a user name"),
          computed("the user that runs the master", () -> System.getProperty("user.name", "root")),
          "The user whom permissions do not hold back.");

  public static final ConfigKey<String> SECURITY_SUPERGROUP =
      add(
          ConfigSection.SECURITY,
          MASTER,
          "cadastre.security.supergroup",
          ValueTypes.string(false, "a group name"),
          text("supergroup"),
          "The group whose members permissions do not hold back. It owns the root "
              + "directory at first.");

  public static final ConfigKey<List<HostPort>> MASTERS =
      add(
          ConfigSection.CLIENT,
          CLIENT,
          "cadastre.masters",
          ValueTypes.hostPorts(),
          text("127.0.0.1:19871"),
          "Where clients find the masters: host:port of their client ports. All are asked"
              + " at once who leads.");

  public static final ConfigKey<Duration> USER_CALL_TIMEOUT =
      add(
          ConfigSection.CLIENT,
          CLIENT,
          "cadastre.user.call.timeout",
          DurationType.between("1ms", "24h"),
          text("60s"),
          "How long a client works on one call, retries included, before it gives up.");

  public static final ConfigKey<Duration> USER_RETRY_PAUSE_MAX =
      add(
          ConfigSection.CLIENT,
          CLIENT,
          "cadastre.user.retry.pause.max",
          DurationType.between("1ms", "1m"),
          text("1s"),
          "The longest pause between two attempts of a call; pauses double up to it.");

  public static final ConfigKey<Duration> USER_FILE_METADATA_SYNC_INTERVAL =
      add(
          ConfigSection.SYNC,
          EVERYWHERE,
          "cadastre.user.file.metadata.sync.interval",
          DurationType.betweenOrNever("0", "3650d"),
          text("-1"),
          "How old what is known of a mounted path may be before an access compares it "
              + "with the store: 0 compares on every access, -1 never again after it was first "
              + "loaded.");

  public static final ConfigKey<MetadataLoadType> USER_FILE_METADATA_LOAD_TYPE =
      add(
          ConfigSection.SYNC,
          EVERYWHERE,
          "cadastre.user.file.metadata.load.type",
          ValueTypes.oneOf(MetadataLoadType.class),
          text("ONCE"),
          "What stat and list ask the store when no sync is due: NEVER nothing; ONCE the "
              + "children of a directory once and paths that are not known to be absent; ALWAYS"
              + " whatever is missing.");

  public static final ConfigKey<Duration> USER_FILE_METADATA_SYNC_SCHEDULE =
      add(
          ConfigSection.SYNC,
          EnumSet.of(MASTER, POLICY),
          "cadastre.user.file.metadata.sync.schedule",
          DurationType.betweenOrNever("1s", "3650d"),
          text("-1"),
          "The leader keeps mounted paths no older than this by comparing all of them with the "
              + "store by itself, whether or not anybody reads them; -1 does not. Set on a path it "
              + "holds for the path and each mount below it.");

  public static final ConfigKey<Integer> SYNC_TASKS_RUNNING =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.tasks.running",
          ValueTypes.integer(1, 1024, "loads"),
          text("2"),
          "Loads in the background (load-metadata --async) that run at a time, and as many by "
              + "schedule; more wait.");

  public static final ConfigKey<Integer> SYNC_TASKS_KEPT =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.tasks.kept",
          ValueTypes.integer(1, 10_000, "loads"),
          text("100"),
          "Loads in the background that are kept for sync-status after they have ended; older "
              + "ones are forgotten.");

  public static final ConfigKey<Integer> SYNC_CONCURRENCY_LEVEL =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.concurrency.level",
          ValueTypes.integer(1, 1024, "directories"),
          text("6"),
          "Directories or key ranges that one recursive sync works on at a time, as far as there"
              + " are threads that no other sync waits for; of a disk of the host no more than half"
              + " of the processors (mount option file.parallel).");

  public static final ConfigKey<Integer> SYNC_EXECUTOR_POOL_SIZE =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.executor.pool.size",
          ValueTypes.integer(1, 4096, "threads"),
          computed("max(4, cores)", () -> atLeastCores(4, 1)),
          "Threads that compare and decide, for all recursive syncs together. One mount never takes"
              + " all of them, and no more than half of those that are left while another mount has"
              + " none.");

  public static final ConfigKey<Integer> SYNC_ACCESS_POOL_SIZE =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.access.pool.size",
          ValueTypes.integer(1, 4096, "threads"),
          computed("max(32, 10 x cores)", () -> atLeastCores(32, 10)),
          "Threads for syncs of single paths and directories, which readers and writers wait for;"
              + " they wait for the store and the journal themselves most of the time. One mount"
              + " never takes all of them, and no more than half of those that are left while"
              + " another mount has none.");

  public static final ConfigKey<Integer> SYNC_UFS_PREFETCH_POOL_SIZE =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.ufs.prefetch.pool.size",
          ValueTypes.integer(0, 4096, "threads"),
          computed("max(32, 10 x cores)", () -> atLeastCores(32, 10)),
          "Threads that list stores ahead of the comparison, for all syncs together; 0 "
              + "turns prefetching off.");

  public static final ConfigKey<Integer> SYNC_STATUS_CACHE_MAX_ENTRIES =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.status.cache.max.entries",
          ValueTypes.integer(1_000, 100_000_000, "entries"),
          text("100000"),
          "Entries of stores that are kept while syncs have listed them ahead and not compared"
              + " them yet, for all syncs together, about 300 bytes each. What is asked for"
              + " counts as a full page of 1,000 until it is there.");

  public static final ConfigKey<Integer> SYNC_DIRECTORIES_IN_MEMORY =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.directories.in.memory",
          ValueTypes.integer(1, 100_000_000, "directories"),
          text("100000"),
          "Directories that one sync has found and not taken up yet, in memory; more spill to"
              + " disk, about 200 bytes each in memory.");

  public static final ConfigKey<Duration> SYNC_MARK_DELAY =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.mark.delay",
          DurationType.between("0", "1m"),
          text("1s"),
          "How long the mark of a sync that changed nothing may wait for another journal "
              + "entry to ride on.");

  public static final ConfigKey<Integer> SYNC_ABSENT_CACHE_MAX_ENTRIES =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.absent.cache.max.entries",
          ValueTypes.integer(0, 1_000_000_000, "entries"),
          text("100000"),
          "Paths that a store has said it does not have, kept in memory so that it is not asked"
              + " again, about 250 bytes each; 0 turns that off.");

  public static final ConfigKey<Long> SYNC_DELETE_GUARD_COUNT =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.delete.guard.count",
          ValueTypes.longInteger(0, 1_000_000_000_000L, "entries"),
          text("10000"),
          "The mass-delete guard holds the deletes of a sync back when they are more than"
              + " this many entries (descendants counted) and more than the share below.");

  public static final ConfigKey<Double> SYNC_DELETE_GUARD_SHARE =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.delete.guard.share",
          ValueTypes.decimal(0, 1, "share"),
          text("0.5"),
          "The share of a mount that one sync may delete before the mass-delete guard "
              + "holds it back, together with the count above; 1 turns the guard off.");

  public static final ConfigKey<Integer> SYNC_DELETES_IN_MEMORY =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.deletes.in.memory",
          ValueTypes.integer(1, 10_000_000, "deletes"),
          text("20000"),
          "Deletes of one sync that wait in memory until the listing has ended; more spill to"
              + " disk, about 300 bytes each in memory.");

  public static final ConfigKey<Long> SYNC_DELETES_SPILL_MAX =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.deletes.spill.max",
          ByteSizeType.between("0", "1TB"),
          text("1GB"),
          "What the waiting deletes of one sync may take on disk; a sync that finds more"
              + " deletes nothing and says so.");

  public static final ConfigKey<Integer> SYNC_BATCH_RECORDS =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.batch.records",
          ValueTypes.integer(1, 100_000, "records"),
          text("2000"),
          "Changes that a sync packs into one journal operation.");

  public static final ConfigKey<Double> SYNC_REST =
      add(
          ConfigSection.SYNC,
          MASTER,
          "cadastre.master.metadata.sync.rest",
          ValueTypes.decimal(0, 10, "times the work"),
          text("0.25"),
          "What a thread of a recursive sync rests for each time that it works, while calls"
              + " come in and more than three quarters of the processors are busy; 0: syncs never"
              + " give way.");

  public static final ConfigKey<Duration> FILE_INCOMPLETE_TTL =
      add(
          ConfigSection.FILES,
          MASTER,
          "cadastre.master.file.incomplete.ttl",
          DurationType.between("1s", "3650d"),
          text("24h"),
          "How long a file may stay created but not completed before it expires; the "
              + "store is asked first.");

  public static final ConfigKey<Duration> FILE_INCOMPLETE_SCAN_INTERVAL =
      add(
          ConfigSection.FILES,
          MASTER,
          "cadastre.master.file.incomplete.scan.interval",
          DurationType.between("1s", "7d"),
          text("10m"),
          "How often the leader looks for incomplete files that have expired.");

  public static final ConfigKey<Duration> UFS_DEADLINE =
      add(
          ConfigSection.FILES,
          MASTER,
          "cadastre.master.ufs.deadline",
          DurationType.between("10ms", "1h"),
          text("30s"),
          "How long one request to an under storage may take before its outcome counts as"
              + " unknown.");

  public static final ConfigKey<Integer> UFS_BREAKER_FAILURES =
      add(
          ConfigSection.FILES,
          MASTER,
          "cadastre.master.ufs.breaker.failures",
          ValueTypes.integer(0, 10_000, "failures"),
          text("5"),
          "After so many requests in a row that a mount's store has not answered, the "
              + "mount's requests fail at once for a while; 0 turns that off.");

  public static final ConfigKey<Duration> UFS_BREAKER_WINDOW =
      add(
          ConfigSection.FILES,
          MASTER,
          "cadastre.master.ufs.breaker.window",
          DurationType.between("1s", "24h"),
          text("5m"),
          "The time within which those failures must come.");

  public static final ConfigKey<Duration> UFS_BREAKER_PAUSE_MIN =
      add(
          ConfigSection.FILES,
          MASTER,
          "cadastre.master.ufs.breaker.pause.min",
          DurationType.between("10ms", "1h"),
          text("1s"),
          "How long such a mount's requests fail before one of them tries the store "
              + "again. The pause doubles with each try that fails.");

  public static final ConfigKey<Duration> UFS_BREAKER_PAUSE_MAX =
      add(
          ConfigSection.FILES,
          MASTER,
          "cadastre.master.ufs.breaker.pause.max",
          DurationType.between("10ms", "24h"),
          text("1m"),
          "The longest such pause.");

  public static final ConfigKey<Path> UFS_PLUGINS_DIR =
      add(
          ConfigSection.FILES,
          MASTER,
          "cadastre.master.ufs.plugins.dir",
          ValueTypes.path(),
          computed("lib/ufs of the installation", ConfigKeys::pluginsOfTheInstallation),
          "Where the kinds of store are installed that bring libraries of their own, a "
              + "directory each. One is loaded when a store of its kind is first mounted or used.");

  public static final ConfigKey<Long> UFS_LISTING_SORT_MEMORY =
      add(
          ConfigSection.FILES,
          MASTER,
          "cadastre.ufs.listing.sort.memory",
          ByteSizeType.between("64KB", "16GB"),
          text("64MB"),
          "Memory for sorting the listing of one directory of a store that lists without "
              + "order; larger listings spill to disk.");

  public static final ConfigKey<Integer> RECLAIM_ENTRIES_PER_SECOND =
      add(
          ConfigSection.FILES,
          MASTER,
          "cadastre.master.reclaim.entries.per.second",
          ValueTypes.integer(1, 100_000_000, "entries/s"),
          text("100000"),
          "How fast the entries of recursively deleted directories are reclaimed in the "
              + "background, at most; a tenth of it while recursive syncs give way to calls.");

  public static final ConfigKey<Integer> LIST_PAGE_ENTRIES =
      add(
          ConfigSection.LISTINGS,
          MASTER,
          "cadastre.master.list.page.entries",
          ValueTypes.integer(1, 10_000, "entries"),
          text("2000"),
          "Entries in one page of a listing if the client does not say; it may ask for up to "
              + "10000.");

  public static final ConfigKey<Integer> LIST_VIEWS_MAX =
      add(
          ConfigSection.LISTINGS,
          MASTER,
          "cadastre.master.list.views.max",
          ValueTypes.integer(1, 100_000, "views"),
          text("64"),
          "Views that listings may hold open on one master; one more is answered BUSY.");

  public static final ConfigKey<Duration> LIST_VIEW_IDLE =
      add(
          ConfigSection.LISTINGS,
          MASTER,
          "cadastre.master.list.view.idle",
          DurationType.between("1s", "24h"),
          text("60s"),
          "How long a view is kept for a listing that asks for no further page.");

  public static final ConfigKey<Duration> LIST_VIEW_LIFE =
      add(
          ConfigSection.LISTINGS,
          MASTER,
          "cadastre.master.list.view.life",
          DurationType.between("1s", "24h"),
          text("10m"),
          "How long a view is kept at most, since what it sees cannot be removed from the"
              + " disk meanwhile.");

  public static final ConfigKey<Duration> CALL_TIMEOUT =
      add(
          ConfigSection.CALLS,
          MASTER,
          "cadastre.master.call.timeout",
          DurationType.between("1ms", "24h"),
          text("30s"),
          "How long a master works on a call that brings no timeout of its own.");

  public static final ConfigKey<Integer> CALLS_MAX =
      add(
          ConfigSection.CALLS,
          MASTER,
          "cadastre.master.calls.max",
          ValueTypes.integer(1, 10_000_000, "calls"),
          text("10000"),
          "Calls in progress on one master, of all clients together; what comes beyond them is"
              + " answered BUSY. One client's stream is not read on while half of them are its"
              + " own, and no more than a quarter of them may wait for the store of one mount.");

  public static final ConfigKey<Integer> PLANNER_THREADS =
      add(
          ConfigSection.CALLS,
          MASTER,
          "cadastre.master.planner.threads",
          ValueTypes.integer(1, 1024, "threads"),
          computed("max(2, cores)", () -> atLeastCores(2, 1)),
          "Threads that plan operations and answer reads; they never wait for a store.");

  public static final ConfigKey<Integer> STORE_THREADS =
      add(
          ConfigSection.CALLS,
          MASTER,
          "cadastre.master.store.threads",
          ValueTypes.integer(1, 4096, "threads"),
          text("32"),
          "Threads for calls that wait for an under storage.");

  public static final ConfigKey<Duration> LOCK_TIMEOUT =
      add(
          ConfigSection.CALLS,
          MASTER,
          "cadastre.master.lock.timeout",
          DurationType.between("1ms", "1h"),
          text("10s"),
          "How long an operation waits for the lock of a path before it is answered "
              + "LOCK_TIMEOUT.");

  public static final ConfigKey<Duration> LOCK_EXCLUSIVE_PATIENCE =
      add(
          ConfigSection.CALLS,
          MASTER,
          "cadastre.master.lock.exclusive.patience",
          DurationType.between("0", "1h"),
          text("50ms"),
          "How long a waiting exclusive lock lets shared ones pass, so that one hung "
              + "store does not freeze its neighbours.");

  public static final ConfigKey<Integer> DIRECTORY_CACHE_ENTRIES =
      add(
          ConfigSection.CALLS,
          MASTER,
          "cadastre.master.directory.cache.entries",
          ValueTypes.integer(0, 1_000_000_000, "entries"),
          text("200000"),
          "Directories whose place in the tree is kept in memory, about 150 bytes each.");

  public static final ConfigKey<Duration> OPERATIONS_LIFE =
      add(
          ConfigSection.CALLS,
          MASTER,
          "cadastre.master.operations.life",
          DurationType.between("1s", "7d"),
          text("10m"),
          "How long the answer of an operation is kept for a retry with the same "
              + "operation id; an id older than half of it is refused.");

  public static final ConfigKey<Integer> OPERATIONS_MAX =
      add(
          ConfigSection.CALLS,
          MASTER,
          "cadastre.master.operations.max",
          ValueTypes.integer(1, 1_000_000_000, "operations"),
          text("1000000"),
          "Answers kept for retries; when the table is full, new writes are answered " + "BUSY.");

  public static final ConfigKey<Long> JOURNAL_BATCH_BYTES =
      add(
          ConfigSection.JOURNAL,
          MASTER,
          "cadastre.master.journal.batch.bytes",
          ByteSizeType.between("4KB", "1MB"),
          text("256KB"),
          "Size that one journal entry is filled up to with queued operations.");

  public static final ConfigKey<Integer> JOURNAL_BATCH_RECORDS =
      add(
          ConfigSection.JOURNAL,
          MASTER,
          "cadastre.master.journal.batch.records",
          ValueTypes.integer(1, 1_000_000, "records"),
          text("10000"),
          "Records that one journal entry is filled up to.");

  public static final ConfigKey<Integer> JOURNAL_ENTRIES_IN_FLIGHT =
      add(
          ConfigSection.JOURNAL,
          MASTER,
          "cadastre.master.journal.entries.in.flight",
          ValueTypes.integer(1, 256, "entries"),
          text("4"),
          "Journal entries on their way to the quorum at a time.");

  public static final ConfigKey<Long> JOURNAL_QUEUE_BYTES =
      add(
          ConfigSection.JOURNAL,
          MASTER,
          "cadastre.master.journal.queue.bytes",
          ByteSizeType.between("1MB", "16GB"),
          text("64MB"),
          "Size of the operations that wait for the journal; beyond it, writes are "
              + "answered BUSY.");

  public static final ConfigKey<Integer> JOURNAL_QUEUE_OPERATIONS =
      add(
          ConfigSection.JOURNAL,
          MASTER,
          "cadastre.master.journal.queue.operations",
          ValueTypes.integer(1, 10_000_000, "operations"),
          text("20000"),
          "Number of operations that wait for the journal; beyond it, writes are answered"
              + " BUSY.");

  public static final ConfigKey<Boolean> JOURNAL_FORMAT_RAISE =
      add(
          ConfigSection.JOURNAL,
          MASTER,
          "cadastre.master.journal.format.raise",
          ValueTypes.bool(),
          text("true"),
          "Whether the leader raises the format level of the journal once every master runs a"
              + " release that can read it. Set it to false on all masters before an upgrade that"
              + " you may want to undo: an older release cannot start on a higher level.");

  public static final ConfigKey<Duration> RAFT_ELECTION_TIMEOUT_MIN =
      add(
          ConfigSection.RAFT,
          MASTER,
          "cadastre.master.raft.election.timeout.min",
          DurationType.between("50ms", "5m"),
          text("500ms"),
          "A follower that hears nothing from the leader starts an election after a "
              + "random time from this to the maximum. The same on every master.");

  public static final ConfigKey<Duration> RAFT_ELECTION_TIMEOUT_MAX =
      add(
          ConfigSection.RAFT,
          MASTER,
          "cadastre.master.raft.election.timeout.max",
          DurationType.between("50ms", "5m"),
          text("900ms"),
          "The longest such time; larger than the minimum, so that two candidates rarely "
              + "meet.");

  public static final ConfigKey<Long> RAFT_SEGMENT_SIZE =
      add(
          ConfigSection.RAFT,
          MASTER,
          "cadastre.master.raft.segment.size",
          ByteSizeType.between("1MB", "1GB"),
          text("16MB"),
          "Size at which a file of the Raft log is closed and the next one begun; the log"
              + " is purged by whole files.");

  public static final ConfigKey<Integer> RAFT_LOG_PRESERVATION =
      add(
          ConfigSection.RAFT,
          MASTER,
          "cadastre.master.raft.log.preservation",
          ValueTypes.integer(0, 1_000_000_000, "entries"),
          text("100"),
          "Log entries kept behind a snapshot, beyond those that a master still lacks. All that is"
              + " kept is read at each start; an entry can hold thousands of operations.");

  public static final ConfigKey<Long> SNAPSHOT_ENTRIES =
      add(
          ConfigSection.SNAPSHOTS,
          MASTER,
          "cadastre.master.snapshot.entries",
          ValueTypes.longInteger(1, 1_000_000_000_000L, "entries"),
          text("400000"),
          "Take a snapshot after this many log entries.");

  public static final ConfigKey<Long> SNAPSHOT_BYTES =
      add(
          ConfigSection.SNAPSHOTS,
          MASTER,
          "cadastre.master.snapshot.bytes",
          ByteSizeType.between("1MB", "1TB"),
          text("1GB"),
          "Take a snapshot after this much log.");

  public static final ConfigKey<Duration> SNAPSHOT_INTERVAL =
      add(
          ConfigSection.SNAPSHOTS,
          MASTER,
          "cadastre.master.snapshot.interval",
          DurationType.between("1s", "30d"),
          text("1h"),
          "Take a snapshot after this time if anything was written.");

  public static final ConfigKey<Long> STORE_BLOCK_CACHE =
      add(
          ConfigSection.STORE,
          MASTER,
          "cadastre.master.store.block.cache",
          ByteSizeType.between("1MB", "1TB"),
          text("64MB"),
          "Memory outside the heap for blocks of the inode store. 2 bytes an inode keep all of its"
              + " filters and indexes in memory.");

  public static final ConfigKey<Long> STORE_WRITE_BUFFER =
      add(
          ConfigSection.STORE,
          MASTER,
          "cadastre.master.store.write.buffer",
          ByteSizeType.between("1MB", "16GB"),
          text("16MB"),
          "Memory outside the heap for rows that are not yet in a file of the inode store; a start"
              + " reads back what was in it. Files of rows are as large, twice that on each level"
              + " below.");

  public static final ConfigKey<Long> STORE_MAX_WAL =
      add(
          ConfigSection.STORE,
          MASTER,
          "cadastre.master.store.max.wal",
          ByteSizeType.between("1MB", "64GB"),
          text("128MB"),
          "Size of the inode store's own log beyond which memory is flushed to files.");

  public static final ConfigKey<Boolean> HTTP_ENABLED =
      add(
          ConfigSection.HTTP,
          MASTER,
          "cadastre.master.http.enabled",
          ValueTypes.bool(),
          text("true"),
          "Serve /metrics and /health on the HTTP port.");

  public static final ConfigKey<Boolean> RAFT_UNSAFE_NO_FSYNC =
      add(
          ConfigSection.TESTING,
          MASTER,
          "cadastre.master.raft.unsafe.no.fsync",
          ValueTypes.bool(),
          text("false"),
          "For tests only: answer writes before they are on the disk. A power cut then "
              + "loses acknowledged writes.");

  public static final ConfigKey<Boolean> RAFT_LEASE =
      add(
          ConfigSection.TESTING,
          MASTER,
          "cadastre.master.raft.lease",
          ValueTypes.bool(),
          text("true"),
          "For tests only: false turns the leader lease and the leadership check of reads"
              + " off, which lets a superseded leader give stale answers.");

  public static final ConfigKey<String> TEST_FAILPOINTS =
      add(
          ConfigSection.TESTING,
          MASTER,
          "cadastre.test.failpoints",
          ValueTypes.string(true, "a list of failpoints"),
          text(""),
          "For tests only: points at which a master stops or kills itself.");

  private ConfigKeys() {}

  /** Every key, grouped by section, in the order of the reference page. */
  public static List<ConfigKey<?>> all() {
    return List.copyOf(BY_NAME.values());
  }

  public static Optional<ConfigKey<?>> byName(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /**
   * The key of this name, for someone of this scope.
   *
   * @throws MetadataException INVALID_ARGUMENT if there is no such key, with the nearest one there
   *     is, or if it is not of the scope, with those it has
   */
  public static ConfigKey<?> require(String name, ConfigScope scope) {
    ConfigKey<?> key = BY_NAME.get(name);
    if (key == null) {
      throw new MetadataException(ErrorCode.INVALID_ARGUMENT, unknown(name)).with("field", name);
    }
    if (!key.scopes().contains(scope)) {
      throw new MetadataException(ErrorCode.INVALID_ARGUMENT, wrongScope(key, scope))
          .with("field", name);
    }
    return key;
  }

  static String unknown(String name) {
    return name
        + ": there is no such key"
        + NearestName.of(name, Collections.unmodifiableSet(BY_NAME.keySet()))
            .map(near -> "; did you mean " + near + "?")
            .orElse("; docs/configuration.md lists them all");
  }

  static String wrongScope(ConfigKey<?> key, ConfigScope scope) {
    String readers = String.join(" and ", key.scopes().stream().sorted().map(Enum::name).toList());
    return key.name() + ": has no effect here; its scope is " + readers + ", not " + scope;
  }

  private static <T> ConfigKey<T> add(
      ConfigSection section,
      ConfigScope scope,
      String name,
      ValueType<T> type,
      Default byDefault,
      String doc) {
    return add(section, EnumSet.of(scope), name, type, byDefault, doc);
  }

  private static <T> ConfigKey<T> add(
      ConfigSection section,
      Set<ConfigScope> scopes,
      String name,
      ValueType<T> type,
      Default byDefault,
      String doc) {
    ConfigKey<T> key =
        new ConfigKey<>(section, scopes, name, type, byDefault.text, byDefault.doc, doc, false);
    if (BY_NAME.put(name, key) != null) {
      throw new IllegalStateException(name + " is declared twice");
    }
    return key;
  }

  private static Default text(String value) {
    return new Default(value, () -> value);
  }

  private static Default computed(String doc, Supplier<String> value) {
    return new Default(doc, value);
  }

  private static String atLeastCores(int least, int perCore) {
    return String.valueOf(Math.max(least, perCore * Runtime.getRuntime().availableProcessors()));
  }

  /** Beside the libraries that this class comes with. */
  private static String pluginsOfTheInstallation() {
    try {
      CodeSource source = ConfigKeys.class.getProtectionDomain().getCodeSource();
      return Path.of(source.getLocation().toURI()).resolveSibling("ufs").toString();
    } catch (URISyntaxException | RuntimeException e) {
      // Loaded from no file, by an embedder: then the usual place.
      return "lib/ufs";
    }
  }
}
