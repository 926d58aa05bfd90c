package io.cadastre.server.rpc;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.ErrorInfo;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many calls are in the master's hands, from their arrival until they are answered, whoever
 * sent them and however. Calls that come together are taken together: so the last ones in may
 * exceed the limit by a frame. Thread-safe.
 */
final class CallPermits {
  private static final ErrorInfo BUSY =
      ErrorInfos.toProto(
          new MetadataException(ErrorCode.BUSY, "The master has too many calls in progress"));

  private final int most;
  private final AtomicLong taken = new AtomicLong();
  // Of its own, as it is counted for each call by itself and by many threads.
  private final LongAdder given = new LongAdder();

  CallPermits(int most) {
    this.most = most;
  }

  /** Takes calls in; false, and nothing is taken, while the limit is reached. */
  boolean take(int calls) {
    long before = taken.getAndAdd(calls) - given.sum();
    if (before < most) {
      return true;
    }
    give(calls);
    return false;
  }

  /** Calls that were taken in are answered. */
  void give(int calls) {
    given.add(calls);
  }

  /** The answer to a call that is not taken in. */
  static CallResponse busy(CallRequest call) {
    return CallResponse.newBuilder().setCallId(call.getCallId()).setError(BUSY).build();
  }
}
