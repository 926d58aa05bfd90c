package io.cadastre.server.bootstrap;

import com.sun.management.OperatingSystemMXBean;
import io.cadastre.core.config.ClusterMember;
import io.cadastre.core.config.ClusterMembers;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.core.time.TimeSource;
import io.cadastre.journal.raft.FatalHandler;
import io.cadastre.journal.raft.NodeIdentity;
import io.cadastre.journal.raft.RaftJournal;
import io.cadastre.journal.raft.RaftSettings;
import io.cadastre.journal.raft.StorageDirectory;
import io.cadastre.journal.raft.StorageLock;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.NativeLibrary;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StoreSettings;
import io.cadastre.server.cache.DirectoryCache;
import io.cadastre.server.http.Health;
import io.cadastre.server.http.HttpEndpoint;
import io.cadastre.server.http.ProcessMetrics;
import io.cadastre.server.mount.MountedFileSystems;
import io.cadastre.server.namespace.NamespaceService;
import io.cadastre.server.namespace.listing.ListService;
import io.cadastre.server.namespace.listing.ListViews;
import io.cadastre.server.namespace.operation.OperationFactory;
import io.cadastre.server.namespace.operation.StoreAccess;
import io.cadastre.server.namespace.through.IntentResolver;
import io.cadastre.server.namespace.through.StoreChangePlanner;
import io.cadastre.server.namespace.upkeep.FormatRaiser;
import io.cadastre.server.namespace.upkeep.IncompleteFiles;
import io.cadastre.server.namespace.upkeep.IntentSettler;
import io.cadastre.server.namespace.upkeep.LoadWorker;
import io.cadastre.server.namespace.upkeep.MarkFlusher;
import io.cadastre.server.namespace.upkeep.OperationExpirer;
import io.cadastre.server.namespace.upkeep.Reclaimer;
import io.cadastre.server.namespace.upkeep.ScheduleKeeper;
import io.cadastre.server.rpc.AdminGrpcService;
import io.cadastre.server.rpc.AuditLog;
import io.cadastre.server.rpc.CallerResolver;
import io.cadastre.server.rpc.MemberFormats;
import io.cadastre.server.rpc.MetadataGrpcService;
import io.cadastre.server.rpc.RpcServer;
import io.cadastre.server.rpc.StateCheckService;
import io.cadastre.server.sync.ListingsAhead;
import io.cadastre.server.sync.SyncOverview;
import io.cadastre.server.sync.SyncPace;
import io.cadastre.server.sync.SyncPool;
import io.cadastre.server.sync.SyncSchedules;
import io.cadastre.server.sync.SyncService;
import io.cadastre.server.sync.SyncSettings;
import io.cadastre.server.sync.SyncTasks;
import io.cadastre.server.transaction.Failpoints;
import io.cadastre.server.transaction.IntentJournal;
import io.cadastre.server.transaction.Leadership;
import io.cadastre.server.transaction.PathResolver;
import io.cadastre.server.transaction.ReadGate;
import io.cadastre.server.transaction.StoreChangeRunner;
import io.cadastre.server.transaction.StoreExecutor;
import io.cadastre.server.transaction.Transactions;
import io.cadastre.ufs.decorate.BreakerSettings;
import io.cadastre.ufs.plugin.StorePlugins;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One master: all the wiring, by constructor, and the order of starting and stopping. */
public final class MasterServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MasterServer.class);
  private static final long SWEEP_MILLIS = 50;
  private static final int SYNC_BATCHES_IN_FLIGHT = 4;
  private static final long SYNC_BUSY_WAIT_MILLIS = 5_000;

  /** Syncs that may wait for a thread, of each kind. */
  private static final int SYNCS_WAITING = 20_000;

  /** One mount may have this share of the stores' threads: the others' calls go on if it hangs. */
  private static final int MOUNT_SHARE = 4;

  private static final int STORE_QUEUE = 1_000;

  /** After so long a wait a request without an answer counts against its store. */
  private static final Duration STORE_PATIENCE = Duration.ofSeconds(1);

  private final MasterExecutors executors;
  private final RocksInodeStore store;
  private final RaftJournal journal;
  private final MasterRole role;
  private final ListViews views;
  private final MountedFileSystems mounted;
  private final RpcServer rpc;
  private final MasterStatus status;
  private final Metrics metrics = new Metrics();
  private final InetSocketAddress httpAddress;
  private final boolean httpEnabled;
  private final NodeIdentity identity;
  private final Path storage;
  private final StateCheckService checks;
  private final StorageLock lock;
  private final DiskWatch disk;
  private HttpEndpoint http;

  /**
   * Opens the storage and wires everything; {@link #start()} starts it.
   *
   * @throws MetadataException if the configuration, the storage or its identity does not allow a
   *     start
   */
  public MasterServer(Configuration configuration, FatalHandler fatal) {
    this(
        configuration,
        fatal,
        StorePlugins.installed(configuration.get(ConfigKeys.UFS_PLUGINS_DIR)),
        Failpoints.parse(configuration.get(ConfigKeys.TEST_FAILPOINTS)));
  }

  /**
   * As above, with these kinds of store and these failpoints.
   *
   * @throws MetadataException as above
   */
  public MasterServer(
      Configuration configuration,
      FatalHandler fatal,
      UnderFileSystems storeTypes,
      Failpoints failpoints) {
    this(
        configuration,
        fatal,
        storeTypes,
        failpoints,
        DiskWatch.spaceOf(configuration.get(ConfigKeys.MASTER_STORAGE_DIR)),
        MasterParts.DEFAULT);
  }

  /**
   * As above, with this answer to how many bytes the disk has left.
   *
   * @throws MetadataException as above
   */
  public MasterServer(
      Configuration configuration,
      FatalHandler fatal,
      UnderFileSystems storeTypes,
      Failpoints failpoints,
      LongSupplier diskSpace) {
    this(configuration, fatal, storeTypes, failpoints, diskSpace, MasterParts.DEFAULT);
  }

  /**
   * As above, with these parts.
   *
   * @throws MetadataException as above
   */
  MasterServer(
      Configuration configuration,
      FatalHandler fatal,
      UnderFileSystems storeTypes,
      Failpoints failpoints,
      LongSupplier diskSpace,
      MasterParts parts) {
    String name = configuration.get(ConfigKeys.MASTER_NAME);
    ClusterMembers members = configuration.get(ConfigKeys.CLUSTER_MEMBERS);
    ClusterMember self =
        members
            .byName(name)
            .orElseThrow(
                () ->
                    MetadataException.invalid(
                        "cadastre.master.name",
                        "'" + name + "' is not among cadastre.cluster.members " + members.names()));
    String bind = configuration.get(ConfigKeys.MASTER_BIND_ADDRESS);
    storage = configuration.get(ConfigKeys.MASTER_STORAGE_DIR);
    identity = NodeIdentity.load(storage, name);
    lock = StorageLock.acquire(storage);
    String clusterId = identity.clusterId().toString();
    StorageDirectory directories = new StorageDirectory(storage);
    Path raftDirectory = directories.raft();
    if (identity.joined() && !RaftJournal.hasLog(raftDirectory)) {
      throw new MetadataException(
              ErrorCode.CORRUPT,
              "This master has been part of the cluster, but its Raft log is gone. It must not vote"
                  + " as if it had one: see \"Lost disk\" in docs/operations.md")
          .with("directory", raftDirectory);
    }
    executors =
        new MasterExecutors(
            name,
            configuration.get(ConfigKeys.PLANNER_THREADS),
            configuration.get(ConfigKeys.STORE_THREADS),
            configuration.get(ConfigKeys.SYNC_UFS_PREFETCH_POOL_SIZE));
    NativeLibrary.load(directories.nativeLibraries());
    store =
        RocksInodeStore.open(
            directories.store(),
            new StoreSettings(
                configuration.get(ConfigKeys.STORE_BLOCK_CACHE),
                configuration.get(ConfigKeys.STORE_WRITE_BUFFER),
                configuration.get(ConfigKeys.STORE_MAX_WAL)));
    store.onFailure(
        failure ->
            fatal.halt(
                "The inode store fails. Look at the disk, then start this master again", failure));
    role = new MasterRole(members);
    disk = new DiskWatch(storage, configuration.get(ConfigKeys.MASTER_DISK_FREE_MIN), diskSpace);
    journal =
        new RaftJournal(
            raftSettings(configuration, clusterId, name, members, raftDirectory),
            store,
            MasterMetrics.apply(metrics),
            role,
            fatal,
            parts.termFence().get());
    DirectoryCache cache =
        parts.directoryCache().apply(configuration.get(ConfigKeys.DIRECTORY_CACHE_ENTRIES));
    journal
        .engine()
        .addListener(
            (changes, stateIndex) ->
                changes
                    .directoryEdges()
                    .forEach(
                        edge ->
                            cache.invalidate(
                                edge.parentId(), KeyLayout.text(edge.name()), stateIndex)));
    int storesPerMount = Math.max(1, configuration.get(ConfigKeys.STORE_THREADS) / MOUNT_SHARE);
    mounted =
        new MountedFileSystems(
            storeTypes,
            new MountedFileSystems.Settings(
                requestsPerMount(configuration, storesPerMount),
                configuration.get(ConfigKeys.UFS_DEADLINE),
                configuration.get(ConfigKeys.UFS_LISTING_SORT_MEMORY),
                spillDirectory(storage),
                breaker(configuration)),
            MasterMetrics.stores(metrics));
    journal
        .engine()
        .addListener(new MountWatcher(journal, mounted, executors.timer, executors.admin));
    StoreExecutor stores = new StoreExecutor(executors.stores, storesPerMount, STORE_QUEUE);
    Duration storeDeadline = configuration.get(ConfigKeys.UFS_DEADLINE);
    StoreAccess storeAccess = new StoreChangePlanner(mounted);
    IntentJournal intentJournal = new IntentJournal(executors.timer, failpoints);
    PathResolver resolver = new PathResolver(cache);
    ReadGate gate = new ReadGate(executors.timer);
    Transactions transactions =
        new Transactions(
            resolver,
            gate,
            new StoreChangeRunner(stores, gate, intentJournal, failpoints, storeDeadline.toNanos()),
            configuration.get(ConfigKeys.LOCK_TIMEOUT).toNanos());
    views =
        new ListViews(
            configuration.get(ConfigKeys.LIST_VIEWS_MAX),
            configuration.get(ConfigKeys.LIST_VIEW_IDLE),
            configuration.get(ConfigKeys.LIST_VIEW_LIFE));
    SyncService.Pools pools = syncPools(configuration);
    SyncService sync =
        new SyncService(
            resolver,
            mounted,
            configuration,
            new SyncSettings(
                configuration.get(ConfigKeys.SYNC_BATCH_RECORDS),
                SYNC_BATCHES_IN_FLIGHT,
                configuration.get(ConfigKeys.SYNC_DELETE_GUARD_COUNT),
                configuration.get(ConfigKeys.SYNC_DELETE_GUARD_SHARE),
                configuration.get(ConfigKeys.SYNC_DELETES_IN_MEMORY),
                configuration.get(ConfigKeys.SYNC_DELETES_SPILL_MAX),
                spillDirectory(storage),
                configuration.get(ConfigKeys.SYNC_CONCURRENCY_LEVEL),
                configuration.get(ConfigKeys.SYNC_DIRECTORIES_IN_MEMORY),
                SYNC_BUSY_WAIT_MILLIS),
            pools,
            metrics,
            disk::checkWrite);
    int tasksRunning = configuration.get(ConfigKeys.SYNC_TASKS_RUNNING);
    SyncTasks tasks =
        new SyncTasks(sync, tasksRunning, configuration.get(ConfigKeys.SYNC_TASKS_KEPT), metrics);
    SyncSchedules schedules = new SyncSchedules(sync, configuration, tasksRunning, metrics);
    journal
        .engine()
        .addListener(
            (changes, stateIndex) -> {
              if (changes.areTasksChanged()) {
                tasks.changed(stateIndex);
              }
            });
    NamespaceService namespace =
        new NamespaceService(
            role,
            transactions,
            gate,
            resolver,
            new OperationFactory(resolver, storeAccess, mounted),
            sync,
            new SyncOverview(tasks, schedules),
            new ListService(name, resolver, views, configuration.get(ConfigKeys.LIST_PAGE_ENTRIES)),
            configuration,
            executors.scans);
    status =
        new MasterStatus(clusterId, name, members, journal, role, disk, warnings(configuration));
    checks = new StateCheckService(name, members, role);
    journal.engine().onStateCheck(checks::hash);
    journal
        .engine()
        .addListener(
            (changes, stateIndex) -> {
              if (changes.verdict() != null
                  && changes.verdict().getDifferentNodesList().contains(name)) {
                fatal.halt(
                    "This master's state differs from that of the majority (state index "
                        + changes.verdict().getIndex()
                        + "). Keep its storage for examination and rebuild it",
                    null);
              }
            });
    AuditLog audit = new AuditLog(name);
    rpc =
        new RpcServer(
            new RpcServer.Settings(
                bind,
                self.rpcPort(),
                name,
                clusterId,
                configuration.get(ConfigKeys.CALLS_MAX),
                configuration.get(ConfigKeys.CALL_TIMEOUT).toMillis()),
            namespace,
            new AdminGrpcService(status, journal, checks, executors.admin, audit, name),
            new CallerResolver(
                configuration.get(ConfigKeys.SECURITY_SUPERUSER),
                configuration.get(ConfigKeys.SECURITY_SUPERGROUP)),
            new MetadataGrpcService.Executors(
                executors.planner, executors.responders, executors.scans, executors.timer),
            audit,
            metrics);
    MemberFormats formats = new MemberFormats(name, clusterId, members);
    role.wire(
        new LeadershipOpener(
                journal, configuration, executors, clusterId, metrics, disk::checkWrite, parts)
            ::open,
        List.of(
            new Reclaimer(
                configuration.get(ConfigKeys.RECLAIM_ENTRIES_PER_SECOND),
                pools.pace()::givesWay,
                metrics),
            new IncompleteFiles(
                transactions,
                storeAccess,
                configuration.get(ConfigKeys.FILE_INCOMPLETE_TTL).toMillis(),
                configuration.get(ConfigKeys.FILE_INCOMPLETE_SCAN_INTERVAL).toMillis(),
                storeDeadline.plus(configuration.get(ConfigKeys.LOCK_TIMEOUT)).toNanos()),
            new IntentSettler(
                stores, new IntentResolver(mounted), intentJournal, storeDeadline.toNanos()),
            new OperationExpirer(configuration.get(ConfigKeys.OPERATIONS_LIFE).toMillis()),
            new MarkFlusher(sync, configuration.get(ConfigKeys.SYNC_MARK_DELAY).toMillis()),
            new LoadWorker(tasks),
            new ScheduleKeeper(schedules),
            new FormatRaiser(
                configuration.get(ConfigKeys.JOURNAL_FORMAT_RAISE) ? formats::common : () -> 0)),
        journal::leader);
    httpEnabled = configuration.get(ConfigKeys.HTTP_ENABLED);
    httpAddress = new InetSocketAddress(bind, self.httpPort());
    MasterMetrics.register(metrics, journal, role, cache, views, disk);
    ProcessMetrics.register(metrics);
  }

  /** Every thread that may ask a store for one mount can: what waits does so before, not there. */
  private static int requestsPerMount(Configuration configuration, int changes) {
    return changes
        + configuration.get(ConfigKeys.SYNC_EXECUTOR_POOL_SIZE)
        + configuration.get(ConfigKeys.SYNC_ACCESS_POOL_SIZE)
        + configuration.get(ConfigKeys.SYNC_UFS_PREFETCH_POOL_SIZE);
  }

  private SyncService.Pools syncPools(Configuration configuration) {
    SyncPool single =
        new SyncPool(
            executors.syncs, configuration.get(ConfigKeys.SYNC_ACCESS_POOL_SIZE), SYNCS_WAITING);
    SyncPool recursive =
        new SyncPool(
            executors.syncs, configuration.get(ConfigKeys.SYNC_EXECUTOR_POOL_SIZE), SYNCS_WAITING);
    ListingsAhead listings =
        new ListingsAhead(
            executors.prefetch,
            configuration.get(ConfigKeys.SYNC_STATUS_CACHE_MAX_ENTRIES),
            metrics.counter(MetricNames.SYNC_STATUS_CACHE_HITS),
            metrics.counter(MetricNames.SYNC_STATUS_CACHE_MISSES));
    metrics.gauge(MetricNames.SYNC_THREADS_BUSY, single::busy, "single");
    metrics.gauge(MetricNames.SYNC_THREADS_BUSY, recursive::busy, "recursive");
    metrics.gauge(MetricNames.SYNC_WAITING, single::waiting, "single");
    metrics.gauge(MetricNames.SYNC_WAITING, recursive::waiting, "recursive");
    metrics.gauge(MetricNames.SYNC_STATUS_CACHE_ENTRIES, listings::used);
    OperatingSystemMXBean machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    SyncPace pace =
        new SyncPace(
            configuration.get(ConfigKeys.SYNC_REST), machine::getCpuLoad, TimeSource.system());
    metrics.gauge(MetricNames.SYNC_REST, pace::rest);
    return new SyncService.Pools(single, recursive, listings, pace);
  }

  private static BreakerSettings breaker(Configuration configuration) {
    // A request that had its whole deadline, or a second of a longer one, was waited for.
    Duration deadline = configuration.get(ConfigKeys.UFS_DEADLINE).multipliedBy(9).dividedBy(10);
    return new BreakerSettings(
        configuration.get(ConfigKeys.UFS_BREAKER_FAILURES),
        configuration.get(ConfigKeys.UFS_BREAKER_WINDOW),
        configuration.get(ConfigKeys.UFS_BREAKER_PAUSE_MIN),
        configuration.get(ConfigKeys.UFS_BREAKER_PAUSE_MAX),
        deadline.compareTo(STORE_PATIENCE) < 0 ? deadline : STORE_PATIENCE);
  }

  private static Path spillDirectory(Path storage) {
    Path directory = storage.resolve("spill");
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot create " + directory, e);
    }
  }

  private static RaftSettings raftSettings(
      Configuration configuration,
      String clusterId,
      String name,
      ClusterMembers members,
      Path raftDirectory) {
    return new RaftSettings(
        clusterId,
        name,
        raftDirectory,
        members.all().stream()
            .map(member -> new RaftSettings.Member(member.name(), member.host(), member.raftPort()))
            .toList(),
        configuration.get(ConfigKeys.MASTER_BIND_ADDRESS),
        configuration.get(ConfigKeys.RAFT_ELECTION_TIMEOUT_MIN),
        configuration.get(ConfigKeys.RAFT_ELECTION_TIMEOUT_MAX),
        configuration.get(ConfigKeys.RAFT_SEGMENT_SIZE),
        configuration.get(ConfigKeys.RAFT_LOG_PRESERVATION),
        configuration.get(ConfigKeys.SNAPSHOT_ENTRIES),
        configuration.get(ConfigKeys.SNAPSHOT_BYTES),
        configuration.get(ConfigKeys.SNAPSHOT_INTERVAL),
        !configuration.get(ConfigKeys.RAFT_UNSAFE_NO_FSYNC),
        configuration.get(ConfigKeys.RAFT_LEASE));
  }

  private static List<String> warnings(Configuration configuration) {
    List<String> warnings = new ArrayList<>();
    if (configuration.get(ConfigKeys.SECURITY_INSECURE_NETWORK)) {
      warnings.add(
          "cadastre.security.insecure.network is true: anyone who reaches the ports can read and"
              + " change everything");
    }
    if (configuration.get(ConfigKeys.RAFT_UNSAFE_NO_FSYNC)) {
      warnings.add(
          "cadastre.master.raft.unsafe.no.fsync is true: acknowledged changes can be lost");
    }
    if (!configuration.get(ConfigKeys.RAFT_LEASE)) {
      warnings.add("cadastre.master.raft.lease is false: reads may be stale");
    }
    return warnings;
  }

  /** Opens the ports and joins the cluster. */
  public void start() {
    status.warnings().forEach(warning -> LOG.warn("{}", warning));
    rpc.start();
    if (httpEnabled) {
      http = HttpEndpoint.start(httpAddress, metrics, status);
    }
    journal.start();
    if (!identity.joined()) {
      identity.markJoined(storage);
    }
    disk.start(new RaftQuorum(journal, role, status.node()));
    executors.timer.scheduleWithFixedDelay(
        this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    try {
      Leadership leadership = role.current();
      if (leadership != null) {
        leadership.sweepDeadlines();
      }
      views.sweep();
    } catch (RuntimeException e) {
      LOG.error("Deadlines could not be checked", e);
    }
  }

  /** The replicated journal; for tests that meddle with it. */
  RaftJournal journal() {
    return journal;
  }

  /** How it is; for tests that look at it from inside. */
  Health health() {
    return status.health();
  }

  /** What it measures; for tests that look at it from inside. */
  Metrics metrics() {
    return metrics;
  }

  /** Stops: no new calls, leave the quorum, close the store last. */
  @Override
  public void close() {
    rpc.close();
    release();
  }

  /** Stops and cuts off every call that is on its way: as near as a process comes to a kill. */
  void closeAtOnce() {
    rpc.closeAtOnce();
    release();
  }

  private void release() {
    if (http != null) {
      http.close();
    }
    disk.close();
    role.notLeading();
    views.close();
    mounted.close();
    checks.close();
    journal.close();
    store.sync();
    store.close();
    executors.close();
    lock.close();
  }
}
