package io.cadastre.server.transaction;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.OperationId;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.net.FreePorts;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.core.time.TimeSource;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.apply.ApplyMetrics;
import io.cadastre.journal.raft.ClusterClock;
import io.cadastre.journal.raft.JournalMetrics;
import io.cadastre.journal.raft.JournalWriter;
import io.cadastre.journal.raft.LeadershipListener;
import io.cadastre.journal.raft.RaftJournal;
import io.cadastre.journal.raft.RaftSettings;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.InitCluster;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StoreSettings;
import io.cadastre.server.cache.DirectoryCache;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.lock.LockSettings;
import io.cadastre.server.lock.LockTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The leader of a cluster of one, as far as transactions need it: real log, real rows, no clients.
 * Who waited for a lock goes on when the test says.
 */
final class LoneLeader implements AutoCloseable {
  private static final Caller ADMIN = Caller.system("admin");

  final FullPool planner = new FullPool();
  final Leadership leadership;
  final Transactions transactions;
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final PathResolver resolver = new PathResolver(new DirectoryCache(0));
  private final RocksInodeStore store;
  private final RaftJournal journal;

  /**
   * @param stores what carries changes through to stores
   */
  LoneLeader(Path directory, StoreChanges stores) {
    store =
        RocksInodeStore.open(
            directory.resolve("store"), new StoreSettings(8 << 20, 4 << 20, 16 << 20));
    String clusterId = UUID.randomUUID().toString();
    CompletableFuture<Long> leading = new CompletableFuture<>();
    journal =
        new RaftJournal(
            settings(clusterId, directory.resolve("raft")),
            store,
            ApplyMetrics.NONE,
            new Listener(leading),
            (reason, cause) -> {
              throw new AssertionError(reason, cause);
            });
    journal.start();
    long term = leading.orTimeout(30, TimeUnit.SECONDS).join();
    ClusterClock clock = new ClusterClock(TimeSource.system(), 0);
    leadership =
        new Leadership(
            journal,
            term,
            new LockTable(term, LockSettings.DEFAULT, TimeSource.system(), timer, planner),
            new JournalWriter(
                journal,
                term,
                clock,
                new JournalWriter.Settings(64 << 10, 64, 4, 8 << 20, 2_000),
                JournalMetrics.NONE),
            clock,
            new InodeIdAllocator(InodeRow.ROOT_ID + 1),
            new OperationTable(TimeUnit.HOURS.toMillis(1), 1_000, () -> {}));
    JournalRecord init =
        JournalRecord.newBuilder()
            .setInitCluster(
                InitCluster.newBuilder()
                    .setClusterId(clusterId)
                    .setRootRow(ByteString.copyFrom(directoryRow(InodeRow.ROOT_ID, 1)))
                    .setFormatLevel(FormatVersion.LEVEL)
                    .setRecoveryEpoch(1))
            .build();
    leadership.append(List.of(init)).orTimeout(30, TimeUnit.SECONDS).join();
    transactions =
        new Transactions(resolver, new ReadGate(timer), stores, Duration.ofMinutes(10).toNanos());
  }

  private static RaftSettings settings(String clusterId, Path directory) {
    return new RaftSettings(
        clusterId,
        "m1",
        directory,
        List.of(new RaftSettings.Member("m1", "127.0.0.1", FreePorts.find(1).get(0))),
        "127.0.0.1",
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        1 << 20,
        0,
        1_000_000,
        1L << 40,
        Duration.ofHours(1),
        false,
        true);
  }

  /** It leads once and for all. */
  private record Listener(CompletableFuture<Long> leading) implements LeadershipListener {
    @Override
    public void leading(long term) {
      leading.complete(term);
    }

    @Override
    public void notLeading() {}

    @Override
    public void leaderChanged(String node) {}
  }

  private static byte[] directoryRow(long id, long millis) {
    InodeBody body =
        InodeBody.newBuilder()
            .setId(id)
            .setKind(InodeKind.DIRECTORY)
            .setMode(0755)
            .setOwner("admin")
            .setGroup("admin")
            .setCreatedMillis(millis)
            .build();
    return InodeRow.encode(millis, millis, body);
  }

  private static NamespacePath path(String name) {
    return NamespacePath.of("/" + name);
  }

  static LockRequest locks(String name) {
    return LockRequest.forWrite(path(name));
  }

  /** A call of the super-user; the path in its request stands for the request. */
  CallContext call(long sequence, String name, long deadlineNanos) {
    OperationId id =
        OperationId.newBuilder()
            .setClient(7)
            .setSequence(sequence)
            .setMintedMillis(leadership.clock().millis())
            .build();
    return new CallContext(ADMIN, id, path(name).toString().getBytes(UTF_8), deadlineNanos);
  }

  /** Makes a directory below the root, unless it is there. */
  CompletableFuture<Applied> make(long sequence, String name, long deadlineNanos) {
    return transactions.run(leadership, call(sequence, name, deadlineNanos), new Make(name));
  }

  /** As above, with a deadline far away. */
  CompletableFuture<Applied> make(long sequence, String name) {
    return make(sequence, name, System.nanoTime() + TimeUnit.HOURS.toNanos(1));
  }

  private record Make(String name) implements Operation {
    @Override
    public LockRequest locks(AppliedView view) {
      return LoneLeader.locks(name);
    }

    @Override
    public Plan plan(PlanContext context) {
      if (context.resolve(path(name)).exists()) {
        return new Plan.Nothing(Done.getDefaultInstance());
      }
      long id = context.ids().next();
      long now = context.nowMillis();
      return new Plan.Commit(
          List.of(Records.create(InodeRow.ROOT_ID, name, directoryRow(id, now), now)),
          Done.newBuilder().setInodeId(id).setChanged(true).build());
    }
  }

  boolean exists(String name) {
    try (AppliedView view = leadership.view()) {
      return resolver.resolve(view, path(name), ADMIN).exists();
    }
  }

  /** Locks that somebody holds, and requests that wait for some. */
  long handles() {
    return leadership.locks().snapshot(0).handles() + leadership.locks().snapshot(0).waiting();
  }

  @Override
  public void close() {
    leadership.close();
    journal.close();
    store.close();
    timer.shutdownNow();
  }
}
