package io.cadastre.server.transaction;

import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.raft.ClusterClock;
import io.cadastre.journal.raft.JournalWriter;
import io.cadastre.journal.raft.RaftJournal;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.server.lock.LockTable;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Everything that belongs to one term of leading: made when this master has won and caught up,
 * closed when it leads no more. Whoever starts an operation takes the leadership first, before any
 * lock, and stays with it: that is how the term fence gets its term. Thread-safe.
 */
public final class Leadership implements AutoCloseable {
  private final RaftJournal journal;
  private final long term;
  private final LockTable locks;
  private final JournalWriter writer;
  private final ClusterClock clock;
  private final InodeIdAllocator ids;
  private final OperationTable operations;
  private final InFlightOperations inFlight = new InFlightOperations();
  private final OpenIntents intents = new OpenIntents();
  private volatile boolean closed;

  public Leadership(
      RaftJournal journal,
      long term,
      LockTable locks,
      JournalWriter writer,
      ClusterClock clock,
      InodeIdAllocator ids,
      OperationTable operations) {
    this.journal = journal;
    this.term = term;
    this.locks = locks;
    this.writer = writer;
    this.clock = clock;
    this.ids = ids;
    this.operations = operations;
  }

  public long term() {
    return term;
  }

  public LockTable locks() {
    return locks;
  }

  public JournalWriter writer() {
    return writer;
  }

  public ClusterClock clock() {
    return clock;
  }

  public InodeIdAllocator ids() {
    return ids;
  }

  public OperationTable operations() {
    return operations;
  }

  /** Store changes that are journaled as begun and not as ended. */
  public OpenIntents intents() {
    return intents;
  }

  InFlightOperations inFlight() {
    return inFlight;
  }

  /** A view of the newest published state; close it. */
  public AppliedView view() {
    return journal.view();
  }

  /**
   * Journals what the master does by itself: no caller, no locks, no stored answer.
   *
   * @return the state index at which it was applied; fails with a {@link MetadataException}
   */
  public CompletableFuture<Long> append(List<JournalRecord> records) {
    CompletableFuture<Long> applied = new CompletableFuture<>();
    PlannedOperation operation = PlannedOperation.newBuilder().addAllRecords(records).build();
    try {
      writer.submit(
          new JournalWriter.Submission() {
            @Override
            public PlannedOperation operation() {
              return operation;
            }

            @Override
            public void applied(long stateIndex, long appliedTerm) {
              applied.complete(stateIndex);
            }

            @Override
            public void refused(MetadataException reason) {
              applied.completeExceptionally(reason);
            }

            @Override
            public void unknown() {
              applied.completeExceptionally(InFlightOperations.unknown("Leadership was lost"));
            }
          });
    } catch (MetadataException e) {
      applied.completeExceptionally(e);
    }
    return applied;
  }

  /** Whether this term still leads, and nobody else can at this moment. */
  public boolean mayServe() {
    return journal.leadingTerm() == term && journal.mayServe();
  }

  /** Tells callers whose deadline has passed; called some ten times a second. */
  public void sweepDeadlines() {
    inFlight.sweep(System.nanoTime());
  }

  /** Whether this term of leading is over. */
  public boolean isClosed() {
    return closed;
  }

  /** Mutations that somebody waits for. */
  public int inProgress() {
    return inFlight.size();
  }

  @Override
  public void close() {
    closed = true;
    writer.close();
    locks.close();
    inFlight.close();
  }
}
