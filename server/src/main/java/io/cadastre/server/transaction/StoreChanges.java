package io.cadastre.server.transaction;

import io.cadastre.server.lock.LockedPaths;
import java.util.concurrent.CompletableFuture;

/** Carries changes through to a store, under intents. */
public interface StoreChanges {
  /**
   * Journals the intent, asks the store, journals the effect. Takes over the locks: they are freed
   * when the intent is settled.
   *
   * @return the answer; fails with OUTCOME_UNKNOWN while the intent is open
   */
  CompletableFuture<Applied> run(
      Leadership leadership, CallContext call, StoreChange change, LockedPaths held);
}
