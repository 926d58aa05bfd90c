package io.cadastre.client;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.DoubleSupplier;

/**
 * Decides what follows a failed attempt: pure, but for the dice of the jitter. The call's deadline
 * is the dispatcher's business.
 */
final class RetryPolicy {
  /** The longest pause before asking again who leads: a failover must be seen soon. */
  private static final int MAX_ELSEWHERE_MILLIS = 50;

  /**
   * Answers that a master gives before it looks the operation id up: they say nothing of what an
   * earlier attempt did.
   */
  private static final Set<ErrorCode> SILENT_ON_EARLIER_ATTEMPTS =
      EnumSet.of(
          ErrorCode.EPOCH_CHANGED,
          ErrorCode.OPERATION_ID_EXPIRED,
          ErrorCode.UNAUTHENTICATED,
          ErrorCode.UNSUPPORTED,
          ErrorCode.INTERNAL,
          ErrorCode.CORRUPT);

  /** Ends of a stream that the next stream would meet again. */
  private static final Set<ErrorCode> REFUSED_AT_THE_DOOR =
      EnumSet.of(ErrorCode.UNSUPPORTED, ErrorCode.UNAUTHENTICATED, ErrorCode.PERMISSION_DENIED);

  /** What to do next. */
  sealed interface Decision {
    /** Give this to the caller. */
    record Fail(MetadataException error) implements Decision {}

    /** Send again after a pause, to whichever master leads then. */
    record Resend(long pauseNanos) implements Decision {}

    /** The master is not the right one: find the leader, and send again after a pause. */
    record Elsewhere(long pauseNanos) implements Decision {}
  }

  /**
   * A call as this policy sees it.
   *
   * @param attempts how often it was sent, the failed attempt included
   * @param retries whether it may be repeated
   * @param pinned whether it may go to one master only
   * @param maybeExecuted whether it is a mutation that an earlier attempt may have carried out
   */
  record State(int attempts, boolean retries, boolean pinned, boolean maybeExecuted) {}

  private final RetrySettings settings;
  private final DoubleSupplier dice;

  /**
   * @param dice numbers from 0 to 1
   */
  RetryPolicy(RetrySettings settings, DoubleSupplier dice) {
    this.settings = settings;
    this.dice = dice;
  }

  /** After an error that a master answered. */
  Decision afterError(State call, MetadataException error) {
    ErrorCode code = error.code();
    if (!call.retries() || exhausted(code, call.attempts())) {
      return new Decision.Fail(verdict(call, error));
    }
    return switch (code.retry()) {
      case NEVER -> new Decision.Fail(verdict(call, error));
      case LATER, SAME_ID -> new Decision.Resend(backoff(call.attempts(), 1));
      case ELSEWHERE ->
          call.pinned()
              ? new Decision.Fail(verdict(call, error))
              : new Decision.Elsewhere(soon(call.attempts()));
    };
  }

  /** After the stream broke before the answer came. */
  Decision afterBreak(State call, MetadataException cause) {
    if (!call.retries() || REFUSED_AT_THE_DOOR.contains(cause.code())) {
      return new Decision.Fail(call.maybeExecuted() ? CallErrors.outcomeUnknown(cause) : cause);
    }
    return call.pinned()
        ? new Decision.Resend(backoff(call.attempts(), 1))
        : new Decision.Elsewhere(soon(call.attempts()));
  }

  /** The pause after this many attempts in nanoseconds: doubling, with a jitter of one half. */
  long backoff(int attempts, int free) {
    int doublings = Math.min(Math.max(attempts - free, 0), 20);
    long millis =
        Math.min((long) settings.initialBackoffMillis() << doublings, settings.maxBackoffMillis());
    return (long) (millis * 1_000_000L * (0.5 + dice.getAsDouble() / 2));
  }

  /** At once the first time, then with short pauses, so that two confused masters don't spin us. */
  private long soon(int attempts) {
    return attempts <= 1 ? 0 : Math.min(backoff(attempts, 2), MAX_ELSEWHERE_MILLIS * 1_000_000L);
  }

  /** Errors of a store are the user's to see, not ours to hide until the deadline. */
  private boolean exhausted(ErrorCode code, int attempts) {
    return code == ErrorCode.PARTIAL
        || (code.fault() == ErrorCode.Fault.STORE && attempts >= settings.storeAttempts());
  }

  private static MetadataException verdict(State call, MetadataException error) {
    boolean decided =
        error.code().retry() == ErrorCode.Retry.NEVER
            && !SILENT_ON_EARLIER_ATTEMPTS.contains(error.code());
    if (!call.maybeExecuted() || decided || error.code() == ErrorCode.OUTCOME_UNKNOWN) {
      return error;
    }
    return CallErrors.outcomeUnknown(error);
  }
}
