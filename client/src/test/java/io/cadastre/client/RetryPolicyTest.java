package io.cadastre.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import org.junit.jupiter.api.Test;

final class RetryPolicyTest {
  private final RetryPolicy policy = new RetryPolicy(RetrySettings.DEFAULT, () -> 1.0);

  private static RetryPolicy.State attempt(int attempts) {
    return new RetryPolicy.State(attempts, true, false, false);
  }

  private RetryPolicy.Decision after(RetryPolicy.State state, ErrorCode code) {
    return policy.afterError(state, new MetadataException(code, "x"));
  }

  private static ErrorCode failed(RetryPolicy.Decision decision) {
    return ((RetryPolicy.Decision.Fail) decision).error().code();
  }

  @Test
  void pausesDoubleUpToTheirLimit() {
    for (int[] expected : new int[][] {{1, 5}, {2, 10}, {3, 20}, {8, 640}, {9, 1000}, {99, 1000}}) {
      assertThat(after(attempt(expected[0]), ErrorCode.BUSY))
          .isEqualTo(new RetryPolicy.Decision.Resend(expected[1] * 1_000_000L));
    }
    RetryPolicy low = new RetryPolicy(RetrySettings.DEFAULT, () -> 0.0);
    assertThat(low.backoff(2, 1)).isEqualTo(5_000_000L);
  }

  @Test
  void anotherMasterIsTriedAtOnceTheFirstTime() {
    assertThat(after(attempt(1), ErrorCode.NOT_LEADER))
        .isEqualTo(new RetryPolicy.Decision.Elsewhere(0));
    assertThat(after(attempt(2), ErrorCode.NOT_LEADER))
        .isEqualTo(new RetryPolicy.Decision.Elsewhere(5_000_000));
    assertThat(after(attempt(50), ErrorCode.UNAVAILABLE))
        .isEqualTo(new RetryPolicy.Decision.Elsewhere(50_000_000));
  }

  @Test
  void theCallersFaultsAreGivenAtOnce() {
    assertThat(failed(after(attempt(1), ErrorCode.NOT_FOUND))).isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void aStoreIsTriedAFewTimesOnly() {
    assertThat(after(attempt(2), ErrorCode.STORE_UNAVAILABLE))
        .isInstanceOf(RetryPolicy.Decision.Resend.class);
    assertThat(failed(after(attempt(3), ErrorCode.STORE_UNAVAILABLE)))
        .isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    assertThat(failed(after(attempt(1), ErrorCode.PARTIAL))).isEqualTo(ErrorCode.PARTIAL);
  }

  @Test
  void withoutRetriesOrPinnedTheErrorIsGivenAsItIs() {
    RetryPolicy.State once = new RetryPolicy.State(1, false, false, false);
    RetryPolicy.State pinned = new RetryPolicy.State(1, true, true, false);

    assertThat(failed(after(once, ErrorCode.BUSY))).isEqualTo(ErrorCode.BUSY);
    assertThat(failed(after(pinned, ErrorCode.NOT_LEADER))).isEqualTo(ErrorCode.NOT_LEADER);
    assertThat(after(pinned, ErrorCode.BUSY)).isInstanceOf(RetryPolicy.Decision.Resend.class);
  }

  @Test
  void anErrorThatSaysNothingOfAnEarlierAttemptLeavesItUnknown() {
    RetryPolicy.State maybe = new RetryPolicy.State(2, true, false, true);
    RetryPolicy.State maybeOnce = new RetryPolicy.State(2, false, false, true);

    assertThat(failed(after(maybe, ErrorCode.OPERATION_ID_EXPIRED)))
        .isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(failed(after(maybe, ErrorCode.EPOCH_CHANGED))).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(failed(after(maybeOnce, ErrorCode.BUSY))).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    // The master looked the operation id up before it answered these.
    assertThat(failed(after(maybe, ErrorCode.ALREADY_EXISTS))).isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(failed(after(attempt(1), ErrorCode.OPERATION_ID_EXPIRED)))
        .isEqualTo(ErrorCode.OPERATION_ID_EXPIRED);
  }

  @Test
  void aBrokenStreamEndsACallOnlyWithoutRetriesOrAtAClosedDoor() {
    MetadataException broken = new MetadataException(ErrorCode.UNAVAILABLE, "x");
    MetadataException stranger = new MetadataException(ErrorCode.UNSUPPORTED, "no such service");
    RetryPolicy.State sentOnce = new RetryPolicy.State(1, false, false, true);

    assertThat(policy.afterBreak(attempt(1), broken))
        .isEqualTo(new RetryPolicy.Decision.Elsewhere(0));
    assertThat(failed(policy.afterBreak(sentOnce, broken))).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(failed(policy.afterBreak(attempt(1), stranger))).isEqualTo(ErrorCode.UNSUPPORTED);
  }
}
