package io.cadastre.server.transaction;

import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.raft.JournalWriter;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.server.lock.LockedPaths;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs store changes on the stores' threads: under an intent ({@link IntentRun}), or without one if
 * the store is only read. Thread-safe; never blocks the calling thread.
 */
public final class StoreChangeRunner implements StoreChanges {
  private static final Logger LOG = LoggerFactory.getLogger(StoreChangeRunner.class);

  private final StoreExecutor stores;
  private final ReadGate gate;
  private final IntentJournal journal;
  private final Failpoints failpoints;
  private final long storeDeadlineNanos;

  /**
   * @param storeDeadlineNanos longest time that one request to a store takes before it is given up
   */
  public StoreChangeRunner(
      StoreExecutor stores,
      ReadGate gate,
      IntentJournal journal,
      Failpoints failpoints,
      long storeDeadlineNanos) {
    this.stores = stores;
    this.gate = gate;
    this.journal = journal;
    this.failpoints = failpoints;
    this.storeDeadlineNanos = storeDeadlineNanos;
  }

  @Override
  public CompletableFuture<Applied> run(
      Leadership leadership, CallContext call, StoreChange change, LockedPaths held) {
    CompletableFuture<Applied> answer = new CompletableFuture<>();
    try {
      stores.checkRoom(change.mountId());
      Optional<OpenIntent.Builder> intent = change.intent();
      if (intent.isPresent()) {
        new IntentRun(
                leadership,
                call,
                change,
                held,
                answer,
                new IntentRun.Tools(stores, gate, journal, failpoints, storeDeadlineNanos))
            .open(intent.get());
      } else {
        stores.execute(change.mountId(), () -> readOnly(leadership, call, change, held, answer));
      }
    } catch (MetadataException e) {
      held.close();
      answer.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      held.close();
      LOG.error("A change of a store could not be planned because of a defect: {}", change, e);
      answer.completeExceptionally(MetadataExceptions.unwrap(e));
    }
    return answer;
  }

  /** The store is only asked: nothing to settle, whatever it answers. */
  private static void readOnly(
      Leadership leadership,
      CallContext call,
      StoreChange change,
      LockedPaths held,
      CompletableFuture<Applied> answer) {
    StoreChange.Effect effect;
    try {
      effect = change.execute(new StoreCall(leadership, call.deadlineNanos()));
    } catch (MetadataException e) {
      held.close();
      answer.completeExceptionally(e);
      return;
    } catch (RuntimeException | Error e) {
      held.close();
      LOG.error("A store could not be read because of a defect: {}", change, e);
      answer.completeExceptionally(MetadataExceptions.unwrap(e));
      return;
    }
    PlannedOperation planned = Transactions.planned(call, effect.records(), effect.done());
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
                  answer.complete(new Applied(effect.done(), stateIndex, term));
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
                      InFlightOperations.unknown(
                          "Leadership was lost while the change was on its way"));
                }
              });
    } catch (MetadataException e) {
      held.close();
      answer.completeExceptionally(e);
    }
  }
}
