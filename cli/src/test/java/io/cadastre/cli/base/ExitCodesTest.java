package io.cadastre.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.error.ErrorCode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ExitCodesTest {
  @ParameterizedTest
  @CsvSource({
    "NOT_FOUND,1", "INVALID_PATH,2", "PERMISSION_DENIED,3", "READ_ONLY,3", "ALREADY_EXISTS,4",
    "NOT_EMPTY,4", "NOT_LEADER,5", "DEADLINE_EXCEEDED,5", "OUTCOME_UNKNOWN,6", "GUARDED,7",
    "INTERNAL,8", "CORRUPT,8"
  })
  void scriptsRelyOnTheseNumbers(ErrorCode error, int code) {
    assertThat(ExitCodes.of(error).code()).isEqualTo(code);
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void noErrorLooksLikeSuccess(ErrorCode error) {
    assertThat(ExitCodes.of(error)).isNotEqualTo(ExitCodes.OK);
  }

  /** What may be sent again by itself has code 5, 6 or 7, so that a script can tell. */
  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void retryableErrorsAreTold(ErrorCode error) {
    if (error.retryable()) {
      assertThat(ExitCodes.of(error))
          .isIn(ExitCodes.UNAVAILABLE, ExitCodes.UNKNOWN, ExitCodes.PARTIAL);
    }
  }

  @Test
  void numbersAreDistinct() {
    assertThat(Arrays.stream(ExitCodes.values()).map(ExitCodes::code)).doesNotHaveDuplicates();
  }
}
