package io.cadastre.server.transaction;

import io.cadastre.core.api.proto.OperationId;

/**
 * One call on its way.
 *
 * @param operationId of a mutation; null for reads and for what the master does by itself
 * @param digest of the request, to tell a retry from another request under the same id; null
 *     without an id
 * @param deadlineNanos {@link System#nanoTime()} at which the caller stops waiting
 */
public record CallContext(
    Caller caller, OperationId operationId, byte[] digest, long deadlineNanos) {

  public long remainingMillis() {
    return Math.max(0, (deadlineNanos - System.nanoTime()) / 1_000_000);
  }
}
