package io.cadastre.server.transaction;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;

/**
 * What a store change may use while it runs, under its locks, in one term. Thread-safe.
 *
 * @param callerDeadlineNanos {@link System#nanoTime()} at which the caller stops waiting
 */
public record StoreCall(Leadership leadership, long callerDeadlineNanos) {

  /** A view of the newest state; close it. */
  public AppliedView view() {
    return leadership.view();
  }

  /**
   * To be called right before each request that changes a store: the journal's fence does not reach
   * there.
   *
   * @throws MetadataException NOT_LEADER or UNAVAILABLE if another master may lead by now; the
   *     request must not be sent
   */
  public void checkMayChange() {
    if (leadership.isClosed()) {
      throw new MetadataException(ErrorCode.NOT_LEADER, "This master does not lead any more");
    }
    if (!leadership.mayServe()) {
      throw new MetadataException(
          ErrorCode.UNAVAILABLE,
          "The leader has not heard from a majority of the masters; the store was not asked");
    }
  }
}
