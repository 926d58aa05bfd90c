package io.cadastre.server.transaction;

import io.cadastre.journal.apply.AppliedView;
import io.cadastre.server.lock.LockRequest;

/**
 * One mutation. Decides first and changes nothing: its whole effect is the plan that it returns. No
 * clock or randomness but the context's; no store I/O but inside a {@link StoreChange}. Used once,
 * by one thread at a time.
 */
public interface Operation {
  /**
   * The locks it needs, as far as can be told from this view. Called before each attempt.
   *
   * @param view newest state, without any lock held: what it says may have changed when the locks
   *     are held
   */
  LockRequest locks(AppliedView view);

  /**
   * Decides what to do.
   *
   * @throws io.cadastre.core.error.MetadataException if it cannot be done; nothing has changed then
   */
  Plan plan(PlanContext context);
}
