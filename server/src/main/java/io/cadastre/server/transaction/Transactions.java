package io.cadastre.server.transaction;

import com.google.protobuf.ByteString;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.OperationId;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.raft.JournalWriter;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OperationAnswer;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.server.lock.LockRequest;
import io.cadastre.server.lock.LockedPaths;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one road of a write: admit the operation id, lock, look whether it was answered before, plan,
 * journal, answer. Never blocks the calling thread on a lock, a store or the journal. Thread-safe.
 *
 * <p>Locks belong to the entry once it was submitted: they are freed when it is applied or known
 * not to be in the log, or with the lock table of the term; never because a caller stopped waiting.
 */
public final class Transactions {
  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);
  private static final int MOST_ATTEMPTS = 20;

  private final PathResolver resolver;
  private final ReadGate gate;
  private final StoreChanges storeChanges;
  private final long lockTimeoutNanos;

  /**
   * Operations that waited for a lock go on on the executor of the lock table.
   *
   * @param lockTimeoutNanos longest wait for locks
   */
  public Transactions(
      PathResolver resolver, ReadGate gate, StoreChanges storeChanges, long lockTimeoutNanos) {
    this.resolver = resolver;
    this.gate = gate;
    this.storeChanges = storeChanges;
    this.lockTimeoutNanos = lockTimeoutNanos;
  }

  /**
   * Runs an operation.
   *
   * @return fails with a {@link MetadataException}; OUTCOME_UNKNOWN if it may still take effect
   */
  public CompletableFuture<Applied> run(
      Leadership leadership, CallContext call, Operation operation) {
    InFlightOperations.Attempt attempt = new InFlightOperations.Attempt(call);
    try {
      if (call.operationId() != null) {
        leadership.operations().admit(call.operationId(), leadership.clock().millis());
        InFlightOperations.Attempt running = leadership.inFlight().joinOrRegister(call, attempt);
        if (running != null) {
          return leadership
              .inFlight()
              .await(running, call.deadlineNanos())
              .thenApply(Transactions::repeated);
        }
      }
    } catch (MetadataException e) {
      return CompletableFuture.failedFuture(e);
    }
    new Run(leadership, call, operation, attempt).lock(1);
    return leadership.inFlight().await(attempt, call.deadlineNanos());
  }

  /**
   * Whether an earlier attempt of this call has been answered, is in flight, or has asked a store
   * and is not settled. Then {@link #run} gives that attempt's answer, waits for it or refuses the
   * id, whatever the stores say by now; the paths were compared with them for that attempt. A hint:
   * costs next to nothing if the id is new, and the decision is made by {@link #run}.
   */
  public boolean isRepeat(Leadership leadership, CallContext call, AppliedView view) {
    if (leadership.inFlight().isRunning(call)) {
      return true;
    }
    OperationId id = call.operationId();
    try {
      if (leadership.operations().find(id, call.caller().user(), call.digest(), view).isPresent()) {
        return true;
      }
    } catch (MetadataException e) {
      // The id stands for something else, or is used up. It is refused under the locks.
      return true;
    }
    return leadership.intents().open() > 0
        && view.get(Family.INTENTS, KeyLayout.operation(id.getClient(), id.getSequence())) != null;
  }

  private static Applied repeated(Applied applied) {
    Done done = applied.done().toBuilder().setRepeated(true).build();
    return new Applied(done, applied.stateIndex(), applied.term());
  }

  /** One operation from its first lock to its fate. */
  private final class Run {
    private final Leadership leadership;
    private final CallContext call;
    private final Operation operation;
    private final InFlightOperations.Attempt attempt;

    Run(
        Leadership leadership,
        CallContext call,
        Operation operation,
        InFlightOperations.Attempt attempt) {
      this.leadership = leadership;
      this.call = call;
      this.operation = operation;
      this.attempt = attempt;
    }

    void lock(int tries) {
      CompletableFuture<LockedPaths> locked;
      try (AppliedView view = leadership.view()) {
        long now = System.nanoTime();
        long deadline = now + Math.min(lockTimeoutNanos, Math.max(0, call.deadlineNanos() - now));
        locked = leadership.locks().acquire(locks(view), deadline);
      } catch (AnsweredBefore e) {
        answer(e.answer);
        return;
      } catch (MetadataException e) {
        observed(e);
        return;
      } catch (RuntimeException e) {
        defect(e);
        return;
      }
      if (locked.isDone()) {
        planWhenLocked(locked, tries);
      } else {
        // Granted locks come on a thread of the lock table's executor. A second hop could be
        // refused, and nobody would free them. A failure may come on any thread; it costs little.
        locked.whenComplete((held, failure) -> planWhenLocked(locked, tries));
      }
    }

    /** A retry must get its first answer even if the path has become something else meanwhile. */
    private LockRequest locks(AppliedView view) {
      try {
        return operation.locks(view);
      } catch (MetadataException e) {
        Optional<Applied> before = answeredBefore(view);
        if (before.isPresent()) {
          throw new AnsweredBefore(before.get());
        }
        throw e;
      }
    }

    private void planWhenLocked(CompletableFuture<LockedPaths> locked, int tries) {
      LockedPaths held;
      try {
        held = locked.join();
      } catch (RuntimeException e) {
        failed(MetadataExceptions.unwrap(e));
        return;
      }
      Plan plan;
      try (AppliedView view = leadership.view()) {
        Optional<Applied> before = answeredBefore(view);
        if (before.isPresent()) {
          held.close();
          answer(before.get());
          return;
        }
        PlanContext context =
            new PlanContext(
                view, resolver, call.caller(), leadership.clock().millis(), leadership.ids());
        plan = operation.plan(context);
        if (plan instanceof Plan.Nothing nothing) {
          held.close();
          answer(new Applied(nothing.done(), view.stateIndex(), leadership.term()));
          return;
        }
      } catch (MetadataException e) {
        held.close();
        observed(e);
        return;
      } catch (RuntimeException e) {
        held.close();
        defect(e);
        return;
      }
      if (plan instanceof Plan.LockAgain) {
        held.close();
        if (tries >= MOST_ATTEMPTS) {
          failed(
              new MetadataException(
                  ErrorCode.LOCK_TIMEOUT,
                  "The directories above the path keep changing; nothing was done"));
        } else {
          lock(tries + 1);
        }
      } else if (!attempt.submit()) {
        // Too late: the callers are told that nothing was done.
        held.close();
      } else if (plan instanceof Plan.Commit commit) {
        commit(commit.records(), commit.done(), held);
      } else if (plan instanceof Plan.ThroughStore through) {
        throughStore(through.change(), held);
      }
    }

    private Optional<Applied> answeredBefore(AppliedView view) {
      OperationId id = call.operationId();
      if (id == null) {
        return Optional.empty();
      }
      Optional<Applied> before =
          leadership.operations().find(id, call.caller().user(), call.digest(), view);
      if (before.isEmpty()) {
        leadership.operations().checkRoom(view);
      }
      return before;
    }

    private void commit(List<JournalRecord> records, Done done, LockedPaths held) {
      PlannedOperation planned = planned(call, records, done);
      try {
        leadership
            .writer()
            .submit(
                new JournalWriter.Submission() {
                  @Override
                  public PlannedOperation operation() {
                    return planned;
                  }

                  @Override
                  public void applied(long stateIndex, long term) {
                    held.close();
                    attempt.outcome.complete(new Applied(done, stateIndex, term));
                  }

                  @Override
                  public void refused(MetadataException reason) {
                    held.close();
                    failed(reason);
                  }

                  @Override
                  public void unknown() {
                    // The locks stay: only the end of the term frees them.
                    failed(
                        InFlightOperations.unknown(
                            "Leadership was lost while the change was on its way"));
                  }
                });
      } catch (MetadataException e) {
        held.close();
        failed(e);
      }
    }

    private void throughStore(StoreChange change, LockedPaths held) {
      storeChanges
          .run(leadership, call, change, held)
          .whenComplete(
              (applied, failure) -> {
                if (failure == null) {
                  attempt.outcome.complete(applied);
                } else {
                  observed(MetadataExceptions.unwrap(failure));
                }
              });
    }

    /**
     * Lets an answer that was only read out, once it is certain that it was read from the leader.
     */
    private void answer(Applied applied) {
      gate.pass(leadership, call.deadlineNanos())
          .whenComplete(
              (unused, failure) -> {
                if (failure == null) {
                  attempt.outcome.complete(applied);
                } else {
                  failed(MetadataExceptions.unwrap(failure));
                }
              });
    }

    /**
     * A refusal is an observation of the namespace too: a leader that was deposed must not make it.
     */
    private void observed(MetadataException refusal) {
      if (refusal.code().fault() == ErrorCode.Fault.CLUSTER) {
        failed(refusal);
        return;
      }
      gate.pass(leadership, call.deadlineNanos())
          .whenComplete(
              (unused, failure) ->
                  failed(failure == null ? refusal : MetadataExceptions.unwrap(failure)));
    }

    private void defect(RuntimeException e) {
      LOG.error("An operation failed by a defect: {}", operation, e);
      failed(MetadataExceptions.unwrap(e));
    }

    private void failed(MetadataException e) {
      attempt.outcome.completeExceptionally(e);
    }
  }

  /** Leaves the search for locks: the call was answered before. */
  private static final class AnsweredBefore extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Applied answer;

    AnsweredBefore(Applied answer) {
      super(null, null, false, false);
      this.answer = answer;
    }
  }

  /** The records of an operation with the answer that is stored beside them. */
  static PlannedOperation planned(CallContext call, List<JournalRecord> records, Done done) {
    PlannedOperation.Builder planned = PlannedOperation.newBuilder().addAllRecords(records);
    OperationId id = call.operationId();
    if (id != null) {
      planned.setAnswer(
          OperationAnswer.newBuilder()
              .setClient(id.getClient())
              .setSequence(id.getSequence())
              .setMintedMillis(id.getMintedMillis())
              .setUser(call.caller().user())
              .setRequestDigest(ByteString.copyFrom(call.digest()))
              .setDone(done.toByteString()));
    }
    return planned.build();
  }
}
