package io.cadastre.server.bootstrap;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.cadastre.core.config.ConfigKeys;
import io.cadastre.core.config.Configuration;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.core.time.TimeSource;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.raft.ClusterClock;
import io.cadastre.journal.raft.JournalMetrics;
import io.cadastre.journal.raft.JournalWriter;
import io.cadastre.journal.raft.RaftJournal;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.proto.InitCluster;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.lock.LockMetrics;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.lock.LockSettings;
import io.cadastre.server.lock.LockTable;
import io.cadastre.server.lock.LockedPaths;
import io.cadastre.server.transaction.InodeIdAllocator;
import io.cadastre.server.transaction.Leadership;
import io.cadastre.server.transaction.MetadataExceptions;
import io.cadastre.server.transaction.OperationTable;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what belongs to one term of leading; the very first leader of a cluster also writes its
 * first record.
 */
final class LeadershipOpener {
  private static final Logger LOG = LoggerFactory.getLogger(LeadershipOpener.class);
  private static final int ROOT_MODE = 0755;
  private static final long INIT_TIMEOUT_SECONDS = 30;

  private final RaftJournal journal;
  private final Configuration configuration;
  private final MasterExecutors executors;
  private final String clusterId;
  private final Runnable admission;
  private final JournalMetrics journalMetrics;
  private final MasterParts parts;
  private final LockMetrics lockMetrics;

  /**
   * @param admission throws a MetadataException while writes are to be refused
   */
  LeadershipOpener(
      RaftJournal journal,
      Configuration configuration,
      MasterExecutors executors,
      String clusterId,
      Metrics metrics,
      Runnable admission,
      MasterParts parts) {
    this.journal = journal;
    this.parts = parts;
    this.configuration = configuration;
    this.executors = executors;
    this.clusterId = clusterId;
    this.admission = admission;
    var entries = metrics.meter(MetricNames.JOURNAL_ENTRIES);
    var operations = metrics.meter(MetricNames.JOURNAL_OPERATIONS);
    var batch = metrics.histogram(MetricNames.JOURNAL_BATCH_OPERATIONS);
    var bytes = metrics.histogram(MetricNames.JOURNAL_ENTRY_BYTES);
    var micros = metrics.timer(MetricNames.JOURNAL_APPEND_MICROS);
    var failures = metrics.counter(MetricNames.JOURNAL_APPEND_FAILURES);
    var refusals = metrics.counter(MetricNames.JOURNAL_QUEUE_REFUSED);
    this.journalMetrics =
        new JournalMetrics() {
          @Override
          public void entry(int count, long size, long nanos) {
            entries.mark();
            operations.mark(count);
            batch.update(count);
            bytes.update(size);
            micros.update(nanos, TimeUnit.NANOSECONDS);
          }

          @Override
          public void failed() {
            failures.inc();
          }

          @Override
          public void refused() {
            refusals.inc();
          }
        };
    var waits = metrics.timer(MetricNames.LOCK_WAIT_MICROS);
    var timeouts = metrics.counter(MetricNames.LOCK_TIMEOUTS);
    this.lockMetrics =
        new LockMetrics() {
          @Override
          public void waited(long nanos) {
            waits.update(nanos, TimeUnit.NANOSECONDS);
          }

          @Override
          public void timedOut() {
            timeouts.inc();
          }
        };
  }

  /** Called on the role manager's thread, when everything acknowledged has been applied here. */
  Leadership open(long term) {
    long nextInodeId;
    long clusterMillis;
    boolean initialised;
    try (AppliedView view = journal.view()) {
      initialised = !view.clusterId().isEmpty();
      nextInodeId = Math.max(view.nextInodeId(), InodeRow.ROOT_ID + 1);
      clusterMillis = view.clusterMillis();
      if (initialised && !view.clusterId().equals(clusterId)) {
        throw new MetadataException(
                ErrorCode.CORRUPT,
                "The store belongs to another cluster than its identity file says")
            .with("store", view.clusterId())
            .with("identity", clusterId);
      }
    }
    ClusterClock clock = new ClusterClock(parts.clusterTime(), clusterMillis);
    JournalWriter writer =
        new JournalWriter(
            journal,
            term,
            clock,
            new JournalWriter.Settings(
                configuration.get(ConfigKeys.JOURNAL_BATCH_BYTES),
                configuration.get(ConfigKeys.JOURNAL_BATCH_RECORDS),
                configuration.get(ConfigKeys.JOURNAL_ENTRIES_IN_FLIGHT),
                configuration.get(ConfigKeys.JOURNAL_QUEUE_BYTES),
                configuration.get(ConfigKeys.JOURNAL_QUEUE_OPERATIONS)),
            journalMetrics);
    LockTable locks =
        parts
            .lockTables()
            .of(
                term,
                new LockSettings(
                    configuration.get(ConfigKeys.LOCK_EXCLUSIVE_PATIENCE),
                    configuration.get(ConfigKeys.CALLS_MAX)),
                TimeSource.system(),
                executors.timer,
                executors.planner,
                lockMetrics);
    Leadership leadership =
        new Leadership(
            journal,
            term,
            locks,
            writer,
            clock,
            new InodeIdAllocator(nextInodeId),
            new OperationTable(
                configuration.get(ConfigKeys.OPERATIONS_LIFE).toMillis(),
                configuration.get(ConfigKeys.OPERATIONS_MAX),
                admission));
    if (!initialised) {
      initialise(leadership);
    }
    inheritIntents(leadership);
    return leadership;
  }

  /**
   * Takes the locks of changes that earlier leaders began in stores and did not settle, before any
   * other operation can. Their last request was sent before their lease ended, which was before
   * this term began; so it is over once lease and deadline have passed.
   */
  private void inheritIntents(Leadership leadership) {
    long patientUntil =
        System.nanoTime()
            + configuration.get(ConfigKeys.RAFT_ELECTION_TIMEOUT_MIN).toNanos()
            + configuration.get(ConfigKeys.UFS_DEADLINE).toNanos();
    int inherited = 0;
    try (AppliedView view = journal.view();
        RowCursor rows = view.scan(Family.INTENTS, new byte[0], null)) {
      for (; rows.valid(); rows.next(), inherited++) {
        OpenIntent intent = OpenIntent.parseFrom(rows.value());
        leadership.intents().inherit(intent, locks(leadership, intent), patientUntil);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new MetadataException(ErrorCode.CORRUPT, "A stored intent does not parse", e);
    }
    if (inherited > 0) {
      LOG.info("{} changes of stores are to be settled", inherited);
    }
  }

  private static LockedPaths locks(Leadership leadership, OpenIntent intent) {
    LockRequest request = LockRequest.forWrite(NamespacePath.of(intent.getPaths(0)));
    for (String path : intent.getPathsList()) {
      request = request.and(LockRequest.forWrite(NamespacePath.of(path)));
    }
    return leadership
        .locks()
        .tryAcquire(request)
        .orElseThrow(
            () ->
                new MetadataException(ErrorCode.CORRUPT, "Two open intents are for the same path")
                    .with("paths", intent.getPathsList()));
  }

  private void initialise(Leadership leadership) {
    long now = leadership.clock().millis();
    InodeBody root =
        InodeBody.newBuilder()
            .setId(InodeRow.ROOT_ID)
            .setKind(InodeKind.DIRECTORY)
            .setMode(ROOT_MODE)
            .setOwner(configuration.get(ConfigKeys.SECURITY_SUPERUSER))
            .setGroup(configuration.get(ConfigKeys.SECURITY_SUPERGROUP))
            .setCreatedMillis(now)
            .build();
    JournalRecord init =
        JournalRecord.newBuilder()
            .setInitCluster(
                InitCluster.newBuilder()
                    .setClusterId(clusterId)
                    .setRootRow(UnsafeByteOperations.unsafeWrap(InodeRow.encode(now, now, root)))
                    .setFormatLevel(FormatVersion.LEVEL)
                    .setRecoveryEpoch(1))
            .build();
    try {
      leadership.append(List.of(init)).get(INIT_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // Leadership was lost again, or will be: the next leader finds the cluster without a root and
      // does the same.
      journal.stepDown(
          "the cluster's first record was not committed: "
              + MetadataExceptions.unwrap(e).getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
