package io.cadastre.server.namespace.through;

import io.cadastre.journal.record.proto.JournalRecord;
import java.util.List;
import java.util.function.Supplier;

/** What a store's state says of an open intent. */
public sealed interface Finding {
  /**
   * The store has made the change.
   *
   * @param records the planned effect with what the store says now
   */
  record Done(List<JournalRecord> records) implements Finding {}

  /** The store has made nothing of it. True for good only if no request is on its way any more. */
  record NotDone() implements Finding {}

  /**
   * The store has made a part.
   *
   * @param forward makes the rest, on a store thread
   */
  record Half(Supplier<Finding> forward) implements Finding {}

  /**
   * It cannot be completed, or something else has happened there since: the intent is given up, and
   * the next access compares the paths with the store.
   *
   * @param records what makes that happen
   */
  record GivenUp(List<JournalRecord> records, String reason) implements Finding {}

  /** The store does not say. */
  record Unknown(String reason) implements Finding {}
}
