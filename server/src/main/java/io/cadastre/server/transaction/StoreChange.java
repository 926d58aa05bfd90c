package io.cadastre.server.transaction;

import io.cadastre.core.api.proto.Done;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import java.util.List;
import java.util.Optional;

/**
 * A change of a store, and what it means for the namespace. Made while planning; {@link #execute}
 * runs later on a store thread, under the operation's locks, after its intent was journaled and the
 * leader's lease was found valid. By then the view that it was planned with is closed.
 */
public interface StoreChange {
  /** The mount whose store is asked, so that each has its share of threads; 0 for none yet. */
  default long mountId() {
    return 0;
  }

  /**
   * What is journaled before the store is asked; operation id and effect are filled in by the
   * caller. Empty if the store is only read, so that nothing has to be settled. No I/O.
   */
  Optional<OpenIntent.Builder> intent();

  /**
   * What is journaled if a later leader finds that the store has done it. Asked only if there is an
   * intent. No I/O.
   */
  Effect plannedEffect();

  /**
   * Asks the store. Blocks, up to the store's own deadline for each request.
   *
   * @return the effect as it really came out (with the store's times and fingerprint)
   * @throws io.cadastre.core.error.MetadataException if the store certainly changed nothing
   * @throws OutcomeUnknownException if it may have changed something
   */
  Effect execute(StoreCall call);

  /** Records and answer. */
  record Effect(List<JournalRecord> records, Done done) {
    public Effect {
      records = List.copyOf(records);
    }
  }

  /** The store may or may not have done it: the intent stays open until it is settled. */
  final class OutcomeUnknownException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long mayArriveUntilNanos;

    /**
     * @param mayArriveUntilNanos {@link System#nanoTime()} until which the last request that was
     *     sent had time
     */
    public OutcomeUnknownException(String message, long mayArriveUntilNanos, Throwable cause) {
      super(message, cause, true, false);
      this.mayArriveUntilNanos = mayArriveUntilNanos;
    }

    public long mayArriveUntilNanos() {
      return mayArriveUntilNanos;
    }
  }
}
