package io.cadastre.journal.raft;

import com.google.protobuf.CodedInputStream;
import io.cadastre.journal.apply.ApplyEngine;
import io.cadastre.journal.apply.PendingEntry;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.store.RocksInodeStore;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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
  private volatile SnapshotInfo snapshot;
  private volatile boolean closing;

  MetadataStateMachine(
      RocksInodeStore store, ApplyEngine engine, RoleManager roles, FatalHandler fatal) {
    this.store = store;
    this.engine = engine;
    this.roles = roles;
    this.fatal = fatal;
    // Opening the store has brought all of it onto the disk.
    this.snapshot = snapshotAt(engine.applied());
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
              : JournalEntry.parseFrom(
                  CodedInputStream.newInstance(
                      entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer()));
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

  @Override
  public long takeSnapshot() throws IOException {
    CountDownLatch drained = new CountDownLatch(1);
    engine.afterAll(drained::countDown);
    try {
      drained.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while taking a snapshot", e);
    }
    ApplyEngine.Applied applied = engine.applied();
    store.sync();
    snapshot = snapshotAt(applied);
    return applied.index();
  }

  @Override
  public CompletableFuture<Message> query(Message request) {
    // Ratis has confirmed by now that this node may serve; the caller reads the store itself.
    return CompletableFuture.completedFuture(Message.EMPTY);
  }

  @Override
  public void notifyLeaderReady() {
    long term = currentTerm();
    engine.afterAll(() -> roles.leaderReady(term));
  }

  private long currentTerm() {
    try {
      return getServer().join().getDivision(getGroupId()).getInfo().getCurrentTerm();
    } catch (IOException e) {
      throw new IllegalStateException("the group is gone", e);
    }
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    roles.notLeader();
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    roles.leaderChanged(leader == null ? "" : leader.toString());
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
    String text =
        "This master is so far behind that the leader no longer has the log it needs (first entry "
            + firstInLog
            + "). Its storage was lost or put back from an old copy; remove it from the quorum and add it anew";
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
