package io.cadastre.server.transaction;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.raft.JournalWriter;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.server.lock.LockedPaths;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs store changes on the stores' threads. Thread-safe. */
public final class StoreChangeRunner implements StoreChanges {
  private static final Logger LOG = LoggerFactory.getLogger(StoreChangeRunner.class);

  private final StoreExecutor stores;

  public StoreChangeRunner(StoreExecutor stores) {
    this.stores = stores;
  }

  @Override
  public CompletableFuture<Applied> run(
      Leadership leadership, CallContext call, StoreChange change, LockedPaths held) {
    CompletableFuture<Applied> answer = new CompletableFuture<>();
    try {
      if (change.intent().isPresent()) {
        throw new MetadataException(
            ErrorCode.UNSUPPORTED, "Changes of stores are not supported by this version");
      }
      stores.execute(0, () -> readOnly(leadership, call, change, held, answer));
    } catch (MetadataException e) {
      held.close();
      answer.completeExceptionally(e);
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
      effect = change.execute(call.deadlineNanos());
    } catch (MetadataException e) {
      held.close();
      answer.completeExceptionally(e);
      return;
    } catch (RuntimeException e) {
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
