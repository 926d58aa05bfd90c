package io.cadastre.server.transaction;

import io.cadastre.core.api.proto.Done;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import java.util.List;
import java.util.Optional;

/**
 * A change of a store, and what it means for the namespace. Runs on a store thread, under the
 * operation's locks, after its intent was journaled and the leader's lease was found valid.
 */
public interface StoreChange {
  /**
   * What is journaled before the store is asked; operation id and effect are filled in by the
   * caller. Empty if the store is only read, so that nothing has to be settled.
   */
  Optional<OpenIntent.Builder> intent();

  /**
   * What is journaled if a later leader finds that the store has done it. Asked only if there is an
   * intent.
   */
  Effect plannedEffect();

  /**
   * Asks the store. Blocks, up to the store's own deadline.
   *
   * @param callerDeadlineNanos when the caller stops waiting
   * @return the effect as it really came out (with the store's times and fingerprint)
   * @throws io.cadastre.core.error.MetadataException if the store certainly changed nothing
   * @throws OutcomeUnknownException if it may have changed something
   */
  Effect execute(long callerDeadlineNanos);

  /** Records and answer. */
  record Effect(List<JournalRecord> records, Done done) {
    public Effect {
      records = List.copyOf(records);
    }
  }

  /** The store may or may not have done it: the intent stays open until it is settled. */
  final class OutcomeUnknownException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OutcomeUnknownException(String message, Throwable cause) {
      super(message, cause, true, false);
    }
  }
}
