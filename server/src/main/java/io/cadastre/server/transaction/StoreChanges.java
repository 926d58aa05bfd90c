package io.cadastre.server.transaction;

import io.cadastre.server.lock.LockedPaths;
import java.util.concurrent.CompletableFuture;

/** Carries changes through to a store, under intents. */
public interface StoreChanges {
  /**
   * Journals the intent, asks the store, journals the effect. Takes over the locks: they are freed
   * when the intent is settled.
   *
   * @return the answer; not complete for as long as the outcome is not known in this term, and
   *     fails with OUTCOME_UNKNOWN if the next term has to find out
   */
  CompletableFuture<Applied> run(
      Leadership leadership, CallContext call, StoreChange change, LockedPaths held);
}
