package io.cadastre.client;

import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.Caller;
import io.cadastre.core.api.proto.OperationId;
import io.cadastre.core.error.MetadataException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A logical call from its submission to its answer, over all its attempts. What is not final
 * changes on the I/O thread only.
 */
final class PendingCall<T> {
  final Operation<T> operation;
  final CallSettings settings;
  final long deadlineNanos;
  final CompletableFuture<Answer<T>> future = new CompletableFuture<>();

  /** The call id within the client; 0: not admitted yet. */
  long callId;

  /** Of a mutation, from its admission on. */
  AckTracker.Entry id;

  /**
   * When its operation id was minted, by the wall clock: for each attempt anew while no earlier one
   * can have been carried out, or a call that waited for a leader for long would be too old for it.
   */
  private long mintedMillis;

  /** Where it is queued or was sent; null: it waits for a leader or for the end of a pause. */
  PipelinedConnection connection;

  /** Whether it left through the connection, which has not answered yet. */
  boolean sent;

  /** A mutation that an earlier attempt may have carried out. */
  boolean maybeExecuted;

  int attempts;
  MetadataException lastError;
  boolean done;

  PendingCall(Operation<T> operation, CallSettings settings, long nowNanos) {
    this.operation = operation;
    this.settings = settings;
    this.deadlineNanos = nowNanos + settings.timeout().toNanos();
  }

  RetryPolicy.State state() {
    return new RetryPolicy.State(
        attempts, settings.retries(), settings.pin() != null, maybeExecuted);
  }

  /** The attempt ended without an answer. */
  void lost() {
    maybeExecuted |= sent && operation.mutation();
    sent = false;
    connection = null;
  }

  /** The error of a call whose time is up. */
  MetadataException timeUp() {
    if (!operation.mutation()) {
      return CallErrors.readDeadline(lastError);
    }
    return sent || maybeExecuted
        ? CallErrors.outcomeUnknown(lastError)
        : CallErrors.deadline(lastError);
  }

  /**
   * The request of the next attempt.
   *
   * @param frameCaller the frame's caller, which need not be repeated
   * @param client the random half of the operation id
   * @param ackedBelow 0: not said in this request
   */
  CallRequest request(
      long nowNanos, Caller frameCaller, long client, long ackedBelow, long sessionIndex) {
    long remainingMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - nowNanos));
    CallRequest.Builder request =
        operation.request().toBuilder()
            .setCallId(callId)
            .setTimeoutMillis((int) Math.min(remainingMillis, Integer.MAX_VALUE))
            .setSessionIndex(sessionIndex);
    if (settings.caller() != frameCaller && !settings.caller().equals(frameCaller)) {
      request.setCaller(settings.caller());
    }
    if (id != null) {
      if (!maybeExecuted) {
        mintedMillis = System.currentTimeMillis();
      }
      request
          .setOperationId(
              OperationId.newBuilder()
                  .setMintedMillis(mintedMillis)
                  .setClient(client)
                  .setSequence(id.sequence()))
          .setAckedBelow(ackedBelow);
    }
    return request.build();
  }
}
