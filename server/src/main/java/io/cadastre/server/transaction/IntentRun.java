package io.cadastre.server.transaction;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.raft.JournalWriter;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.journal.record.proto.ReserveInodeIds;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.server.lock.LockedPaths;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One change of a store from its intent to its end:
 *
 * <pre>
 * intent journaled -> lease valid? -> store asked -> done:          effect + answer + end of intent
 *                                                 -> certainly not: end of intent, then the error
 *                                                 -> unknown:       the locks stay, the settler asks
 * </pre>
 *
 * <p>The locks are freed only when the end of the intent is applied. If the term is over before
 * that, they go with the term's lock table, and the next leader takes them for the open intent.
 */
final class IntentRun {
  private static final Logger LOG = LoggerFactory.getLogger(IntentRun.class);

  /** What all runs share. */
  record Tools(
      StoreExecutor stores,
      ReadGate gate,
      IntentJournal journal,
      Failpoints failpoints,
      long storeDeadlineNanos) {}

  private final Leadership leadership;
  private final CallContext call;
  private final StoreChange change;
  private final LockedPaths held;
  private final CompletableFuture<Applied> answer;
  private final Tools tools;
  private OpenIntent intent;

  IntentRun(
      Leadership leadership,
      CallContext call,
      StoreChange change,
      LockedPaths held,
      CompletableFuture<Applied> answer,
      Tools tools) {
    this.leadership = leadership;
    this.call = call;
    this.change = change;
    this.held = held;
    this.answer = answer;
    this.tools = tools;
  }

  /**
   * Journals the intent and lets the rest follow.
   *
   * @throws MetadataException if it was not journaled; the locks are still the caller's
   */
  void open(OpenIntent.Builder builder) {
    long client = call.operationId().getClient();
    long sequence = call.operationId().getSequence();
    try (AppliedView view = leadership.view()) {
      // Its locks are held, and these are among them; so this cannot be, and must not be journaled.
      if (view.get(Family.INTENTS, KeyLayout.operation(client, sequence)) != null) {
        throw InFlightOperations.unknown("An earlier attempt of this operation is not settled yet");
      }
    }
    StoreChange.Effect planned = change.plannedEffect();
    List<JournalRecord> records = new ArrayList<>(planned.records());
    records.add(Records.closeIntent(client, sequence));
    intent =
        builder
            .setClient(client)
            .setSequence(sequence)
            .setEffect(Transactions.planned(call, records, planned.done()))
            .setOpenedMillis(leadership.clock().millis())
            .build();
    PlannedOperation.Builder opening = PlannedOperation.newBuilder();
    long reserved = highestNewId(planned.records());
    if (reserved > 0) {
      // If a later leader journals the effect, nobody else may have got these ids.
      opening.addRecords(
          JournalRecord.newBuilder()
              .setReserveInodeIds(ReserveInodeIds.newBuilder().setNext(reserved + 1)));
    }
    leadership.writer().submit(new Opening(opening.addRecords(Records.of(intent)).build()));
  }

  private static long highestNewId(List<JournalRecord> records) {
    long highest = 0;
    for (JournalRecord record : records) {
      if (record.hasCreateInode()) {
        highest = Math.max(highest, InodeRow.id(record.getCreateInode().getRow().toByteArray()));
      }
    }
    return highest;
  }

  private final class Opening implements JournalWriter.Submission {
    private final PlannedOperation operation;

    Opening(PlannedOperation operation) {
      this.operation = operation;
    }

    @Override
    public PlannedOperation operation() {
      return operation;
    }

    @Override
    public void applied(long stateIndex, long term) {
      leadership.intents().opened();
      try {
        tools.stores().execute(change.mountId(), IntentRun.this::opened);
      } catch (MetadataException e) {
        certainlyNotDone(e);
      }
    }

    @Override
    public void refused(MetadataException reason) {
      held.close();
      answer.completeExceptionally(reason);
    }

    @Override
    public void unknown() {
      // The locks stay: only the end of the term frees them.
      answer.completeExceptionally(
          InFlightOperations.unknown("Leadership was lost before the store was asked"));
    }
  }

  /** On a store thread. */
  private void opened() {
    tools.failpoints().hit(Failpoints.Point.INTENT_OPENED);
    CompletableFuture<Void> passed = tools.gate().pass(leadership, call.deadlineNanos());
    if (passed.isDone()) {
      execute(passed);
    } else {
      passed.whenComplete((unused, failure) -> executeLater(passed));
    }
  }

  private void executeLater(CompletableFuture<Void> passed) {
    try {
      tools.stores().execute(change.mountId(), () -> execute(passed));
    } catch (MetadataException e) {
      certainlyNotDone(e);
    }
  }

  private void execute(CompletableFuture<Void> passed) {
    StoreChange.Effect effect;
    try {
      passed.join();
      if (call.remainingMillis() == 0) {
        throw new MetadataException(
            ErrorCode.DEADLINE_EXCEEDED, "The deadline passed before the store was asked");
      }
      StoreCall store = new StoreCall(leadership, call.deadlineNanos());
      store.checkMayChange();
      effect = change.execute(store);
    } catch (StoreChange.OutcomeUnknownException e) {
      unknown(e.getMessage(), e.mayArriveUntilNanos());
      return;
    } catch (MetadataException | CompletionException e) {
      certainlyNotDone(MetadataExceptions.unwrap(e));
      return;
    } catch (RuntimeException | Error e) {
      LOG.error("A change of a store broke off because of a defect: {}", change, e);
      unknown("a defect of Cadastre, see the log", System.nanoTime() + tools.storeDeadlineNanos());
      return;
    }
    tools.failpoints().hit(Failpoints.Point.STORE_CHANGE_DONE);
    done(effect);
  }

  private void done(StoreChange.Effect effect) {
    List<JournalRecord> records = new ArrayList<>(effect.records());
    records.add(Records.closeIntent(intent.getClient(), intent.getSequence()));
    tools
        .journal()
        .end(leadership, Transactions.planned(call, records, effect.done()), intent.getEffect())
        .whenComplete(
            (index, failure) -> {
              if (failure != null) {
                answer.completeExceptionally(failure);
              } else if (tools.failpoints().isSet(Failpoints.Point.EFFECT_APPLIED)) {
                // Not on the apply thread, which a test must not hold up.
                tools.stores().execute(change.mountId(), () -> applied(effect, index));
              } else {
                applied(effect, index);
              }
            });
  }

  private void applied(StoreChange.Effect effect, long index) {
    tools.failpoints().hit(Failpoints.Point.EFFECT_APPLIED);
    leadership.intents().ended();
    held.close();
    answer.complete(new Applied(effect.done(), index, leadership.term()));
  }

  /** The caller learns the error only when a retry would find the intent closed. */
  private void certainlyNotDone(MetadataException error) {
    PlannedOperation close =
        PlannedOperation.newBuilder()
            .addRecords(Records.closeIntent(intent.getClient(), intent.getSequence()))
            .build();
    tools
        .journal()
        .end(leadership, close, close)
        .whenComplete(
            (index, failure) -> {
              if (failure != null) {
                answer.completeExceptionally(failure);
                return;
              }
              leadership.intents().ended();
              held.close();
              answer.completeExceptionally(
                  error.code() == ErrorCode.OUTCOME_UNKNOWN
                      ? new MetadataException(ErrorCode.UNAVAILABLE, error.getMessage())
                      : error);
            });
  }

  private void unknown(String reason, long patientUntilNanos) {
    LOG.warn(
        "It is not known whether a store has made a change ({} {}): {}; it stays locked until it is",
        intent.getKind(),
        intent.getPathsList(),
        reason);
    leadership
        .intents()
        .settleLater(new UnsettledIntent(intent, held, answer, patientUntilNanos, reason));
  }
}
