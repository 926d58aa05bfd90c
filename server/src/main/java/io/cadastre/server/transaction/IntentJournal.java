package io.cadastre.server.transaction;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.raft.JournalWriter;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.journal.record.proto.PlannedOperation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Journals the ends of intents. The store has changed by then, so a journal that is too busy, or
 * that takes nothing while leadership is being handed over, is asked again until it takes the
 * record or the term is over. Thread-safe; never blocks.
 */
public final class IntentJournal {
  private static final Logger LOG = LoggerFactory.getLogger(IntentJournal.class);
  private static final long FIRST_PAUSE_MILLIS = 5;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private final ScheduledExecutorService timer;
  private final Failpoints failpoints;

  public IntentJournal(ScheduledExecutorService timer, Failpoints failpoints) {
    this.timer = timer;
    this.failpoints = failpoints;
  }

  /**
   * Settles an intent whose change the store has made.
   *
   * @param records the effect as it came out; the answer is the one that was planned
   */
  public void done(Leadership leadership, UnsettledIntent settled, List<JournalRecord> records) {
    OpenIntent intent = settled.intent();
    PlannedOperation.Builder effect =
        PlannedOperation.newBuilder()
            .setAnswer(intent.getEffect().getAnswer())
            .addAllRecords(records)
            .addRecords(Records.closeIntent(intent.getClient(), intent.getSequence()));
    end(leadership, effect.build(), intent.getEffect())
        .whenComplete(
            (index, failure) -> {
              if (failure == null) {
                leadership
                    .intents()
                    .settled(
                        settled,
                        new Applied(
                            OperationTable.done(effect.getAnswer()), index, leadership.term()),
                        null);
              }
              // Otherwise the term is over: its locks and callers went with it.
            });
  }

  /**
   * Settles an intent without its effect.
   *
   * @param records what is known of the store's state, if part of the change was made
   * @param answer for who waits
   */
  public void notDone(
      Leadership leadership,
      UnsettledIntent settled,
      List<JournalRecord> records,
      MetadataException answer) {
    OpenIntent intent = settled.intent();
    PlannedOperation close =
        PlannedOperation.newBuilder()
            .addAllRecords(records)
            .addRecords(Records.closeIntent(intent.getClient(), intent.getSequence()))
            .build();
    end(leadership, close, close)
        .whenComplete(
            (index, failure) -> {
              if (failure == null) {
                leadership.intents().settled(settled, null, answer);
              }
            });
  }

  /**
   * Journals the end of an intent.
   *
   * @param planned what was planned for it, journaled instead if `operation` has become too large
   * @return the state index; fails with OUTCOME_UNKNOWN once the term is over
   */
  CompletableFuture<Long> end(
      Leadership leadership, PlannedOperation operation, PlannedOperation planned) {
    CompletableFuture<Long> applied = new CompletableFuture<>();
    failpoints.hit(Failpoints.Point.BEFORE_EFFECT);
    submit(leadership, operation, planned, FIRST_PAUSE_MILLIS, applied);
    return applied;
  }

  private void submit(
      Leadership leadership,
      PlannedOperation operation,
      PlannedOperation planned,
      long pauseMillis,
      CompletableFuture<Long> outcome) {
    Runnable again = () -> retry(leadership, operation, planned, pauseMillis, outcome);
    try {
      leadership.writer().submit(new End(operation, outcome, again));
    } catch (MetadataException e) {
      if (e.code() == ErrorCode.TOO_LARGE && operation != planned) {
        LOG.warn("An effect grew too large for the journal; journaling what was planned");
        submit(leadership, planned, planned, pauseMillis, outcome);
      } else if (e.code() == ErrorCode.BUSY) {
        again.run();
      } else {
        outcome.completeExceptionally(termOver());
      }
    }
  }

  private void retry(
      Leadership leadership,
      PlannedOperation operation,
      PlannedOperation planned,
      long pauseMillis,
      CompletableFuture<Long> outcome) {
    long next = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    try {
      timer.schedule(
          () -> submit(leadership, operation, planned, next, outcome),
          pauseMillis,
          TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("Stopping with an intent left open", e);
      outcome.completeExceptionally(termOver());
    }
  }

  static MetadataException termOver() {
    return InFlightOperations.unknown("Leadership was lost while the store was changed");
  }

  /**
   * @param again submits it once more, after a pause
   */
  private record End(PlannedOperation operation, CompletableFuture<Long> outcome, Runnable again)
      implements JournalWriter.Submission {
    @Override
    public void applied(long stateIndex, long term) {
      outcome.complete(stateIndex);
    }

    @Override
    public void refused(MetadataException reason) {
      // Not in the log; the term may go on all the same. If it does not, the next try says so.
      again.run();
    }

    @Override
    public void unknown() {
      outcome.completeExceptionally(termOver());
    }
  }
}
