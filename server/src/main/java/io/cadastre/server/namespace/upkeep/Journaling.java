package io.cadastre.server.namespace.upkeep;

import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.server.transaction.Leadership;
import io.cadastre.server.transaction.MetadataExceptions;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** Journals and waits, for tasks that have a thread of their own. */
final class Journaling {
  private Journaling() {}

  /**
   * @throws io.cadastre.core.error.MetadataException if it was not applied
   */
  static void append(Leadership leadership, JournalRecord record) throws InterruptedException {
    try {
      leadership.append(List.of(record)).get();
    } catch (ExecutionException e) {
      throw MetadataExceptions.unwrap(e);
    }
  }
}
