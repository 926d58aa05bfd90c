package io.cadastre.journal.raft;

import io.cadastre.journal.apply.ApplyEngine;
import io.cadastre.journal.apply.ApplyMetrics;
import io.cadastre.journal.apply.PendingEntry;
import io.cadastre.journal.record.EntryCodec;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.StoreException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ratis' view of us: hands committed entries to the {@link ApplyEngine} and events to the {@link
 * RoleManager}; decides nothing. Callbacks come under Ratis' locks and must not block, but for
 * {@code applyTransaction} (the log's updater thread), which may wait for room in the applier's
 * queue.
 *
 * <p>The store itself is the snapshot: a snapshot is the promise that everything up to its index is
 * on disk, so it has a term-index and no files.
 */
final class MetadataStateMachine extends BaseStateMachine {
  private static final Logger LOG = LoggerFactory.getLogger(MetadataStateMachine.class);

  private final RocksInodeStore store;
  private final ApplyEngine engine;
  private final RoleManager roles;
  private final FatalHandler fatal;
  private final List<String> members;
  private final ApplyMetrics metrics;
  private volatile SnapshotInfo snapshot;
  private volatile RaftServer.Division division;
  // The two below are used by the log's updater thread.
  private long purgeLimit;
  private long configurationTerm;
  private volatile boolean closing;

  MetadataStateMachine(
      List<String> members,
      RocksInodeStore store,
      ApplyEngine engine,
      RoleManager roles,
      ApplyMetrics metrics,
      FatalHandler fatal) {
    this.members = members;
    this.store = store;
    this.engine = engine;
    this.roles = roles;
    this.metrics = metrics;
    this.fatal = fatal;
    // Opening the store has brought all of it onto the disk.
    this.snapshot = snapshotAt(engine.applied());
    this.purgeLimit = engine.applied().index();
  }

  private static SnapshotInfo snapshotAt(ApplyEngine.Applied applied) {
    return applied.index() < 0
        ? null
        : new FileListSnapshotInfo(List.of(), TermIndex.valueOf(applied.term(), applied.index()));
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage)
      throws IOException {
    super.initialize(server, group, storage);
    getLifeCycle().startAndTransition(() -> {});
  }

  @Override
  public TermIndex getLastAppliedTermIndex() {
    ApplyEngine.Applied applied = engine.applied();
    return TermIndex.valueOf(applied.term(), applied.index());
  }

  @Override
  public SnapshotInfo getLatestSnapshot() {
    return snapshot;
  }

  /** Index of the latest snapshot, -1 if there is none. */
  long snapshotIndex() {
    SnapshotInfo latest = snapshot;
    return latest == null ? RaftLog.INVALID_LOG_INDEX : latest.getIndex();
  }

  @Override
  public TransactionContext startTransaction(RaftClientRequest request) {
    TransactionContext.Builder context =
        TransactionContext.newBuilder().setStateMachine(this).setClientRequest(request);
    if (request.getMessage() instanceof EntryMessage message) {
      return context
          .setLogData(message.getContent())
          .setStateMachineContext(message.pending())
          .build();
    }
    TransactionContext refused = context.build();
    refused.setException(
        new IOException(
            "Only the master itself writes the journal; this request came over the network"));
    return refused;
  }

  @Override
  public TransactionContext preAppendTransaction(TransactionContext transaction) {
    return transaction;
  }

  @Override
  public TransactionContext applyTransactionSerial(TransactionContext transaction) {
    return transaction;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    RaftProtos.LogEntryProto entry = transaction.getLogEntry();
    PendingEntry pending = (PendingEntry) transaction.getStateMachineContext();
    JournalEntry parsed;
    try {
      parsed =
          pending != null
              ? pending.entry()
              : EntryCodec.decode(
                  entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
    } catch (IOException e) {
      fatal.halt(
          "The journal entry at term "
              + entry.getTerm()
              + " index "
              + entry.getIndex()
              + " does not parse",
          e);
      return CompletableFuture.failedFuture(e);
    }
    return engine
        .apply(entry.getTerm(), entry.getIndex(), parsed, pending)
        .thenApply(unused -> Message.EMPTY);
  }

  @Override
  public void notifyTermIndexUpdated(long term, long index) {
    engine.advance(term, index);
  }

  /**
   * Makes all that is applied durable.
   *
   * @return the index up to which the log may be purged, -1 if no further than before
   */
  @Override
  public long takeSnapshot() throws IOException {
    CountDownLatch drained = new CountDownLatch(1);
    long start = System.nanoTime();
    try {
      engine.afterAll(drained::countDown);
      while (!drained.await(1, TimeUnit.SECONDS)) {
        if (!engine.isRunning()) {
          throw new IOException("no snapshot: the applier has stopped");
        }
      }
      ApplyEngine.Applied applied = engine.applied();
      store.sync();
      snapshot = snapshotAt(applied);
      metrics.snapshot(System.nanoTime() - start);
      long limit = PurgeLimit.of(members, applied.index(), division().getCommitInfos());
      // Ratis wants this number never to go back.
      if (limit <= purgeLimit) {
        return RaftLog.INVALID_LOG_INDEX;
      }
      purgeLimit = limit;
      return limit;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while taking a snapshot", e);
    } catch (StoreException e) {
      fatal.halt("The inode store cannot be written. Look at the disk, then start again", e);
      throw e;
    }
  }

  @Override
  public CompletableFuture<Message> query(Message request) {
    // Ratis has confirmed by now that this node may serve; the caller reads the store itself.
    return CompletableFuture.completedFuture(Message.EMPTY);
  }

  @Override
  public void notifyConfigurationChanged(
      long term, long index, RaftProtos.RaftConfigurationProto configuration) {
    configurationTerm = term;
  }

  @Override
  public void notifyLeaderReady() {
    // Called when the configuration entry that starts our term is applied, right behind
    // notifyConfigurationChanged for it. The node's term may have moved on meanwhile, so it is not
    // asked.
    long term = configurationTerm;
    engine.afterAll(() -> roles.leaderReady(term));
  }

  private RaftServer.Division division() {
    RaftServer.Division known = division;
    if (known == null) {
      try {
        known = getServer().join().getDivision(getGroupId());
      } catch (IOException e) {
        throw new IllegalStateException("the group is gone", e);
      }
      // Kept, since Ratis does not hand it out any more while it closes.
      division = known;
    }
    return known;
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    roles.notLeader(division().getInfo().getCurrentTerm());
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    // Ratis says so of every new leader, and nothing when there is none any more.
    roles.leaderChanged(leader.toString(), division().getInfo().getCurrentTerm());
  }

  @Override
  public void notifyLogFailed(Throwable cause, RaftProtos.LogEntryProto failed) {
    fatal.halt(
        "The Raft log cannot be written. Look at the disk, then start this master again", cause);
  }

  @Override
  public void notifyServerShutdown(RaftProtos.RoleInfoProto role, boolean allServers) {
    shutDown(
        "Raft has shut down by itself (a pause of more than a minute, or this member was removed)");
  }

  @Override
  public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
      RaftProtos.RoleInfoProto role, TermIndex firstInLog) {
    // Ratis also asks when the leader has forgotten (a restarted log appender) how far we are.
    if (division().getRaftLog().getNextIndex() > firstInLog.getIndex()) {
      LOG.info("The log reaches the leader's first entry {}; no snapshot is needed", firstInLog);
      return CompletableFuture.completedFuture(null);
    }
    String text =
        "This master is so far behind that the leader no longer has the log it needs (first entry "
            + firstInLog
            + "). Its storage was lost or put back from an old copy; see \"Lost disk\" in"
            + " docs/operations.md";
    fatal.halt(text, null);
    return CompletableFuture.failedFuture(new IOException(text));
  }

  /** From here on a shutdown is ours. */
  void closing() {
    closing = true;
  }

  @Override
  public void close() {
    getLifeCycle().checkStateAndClose(() -> LOG.debug("The state machine is closed"));
    shutDown("Raft has closed its state machine by itself");
  }

  private void shutDown(String text) {
    if (!closing) {
      fatal.halt(text, null);
    }
  }
}
