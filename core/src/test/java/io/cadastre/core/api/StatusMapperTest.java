package io.cadastre.core.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.api.proto.ErrorInfo;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class StatusMapperTest {
  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void everyCodeSurvivesTheWireBothWays(ErrorCode code) {
    MetadataException error =
        new MetadataException(code, "what happened")
            .with("leader", "127.0.0.1:19998")
            .with("path", "/a");

    MetadataException message = ErrorInfos.toException(ErrorInfos.toProto(error));
    MetadataException status = StatusMapper.fromStatus(StatusMapper.toStatus(error));

    for (MetadataException back : new MetadataException[] {message, status}) {
      assertThat(back.code()).isEqualTo(code);
      assertThat(back).hasMessage("what happened");
      assertThat(back.context()).isEqualTo(error.context());
    }
    assertThat(StatusMapper.grpcCode(code)).isNotEqualTo(Status.Code.OK);
  }

  @Test
  void leaderTravelsInItsOwnField() {
    ErrorInfo info =
        ErrorInfos.toProto(new MetadataException(ErrorCode.NOT_LEADER, "no").with("leader", "h:1"));

    assertThat(info.getLeader()).isEqualTo("h:1");
    assertThat(info.getContextCount()).isZero();
    assertThat(info.getRetryable()).isTrue();
  }

  @Test
  void anUnknownOutcomeIsUnknownWhateverItsCode() {
    ErrorInfo info = ErrorInfo.newBuilder().setCode("INTERNAL").setOutcomeUnknown(true).build();

    MetadataException error = ErrorInfos.toException(info);

    assertThat(error.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(error.context()).containsEntry("code", "INTERNAL");
  }

  @Test
  void aCodeOfANewerPeerIsInternalAndKeepsItsName() {
    MetadataException error =
        ErrorInfos.toException(ErrorInfo.newBuilder().setCode("QUOTA_SPENT").build());

    assertThat(error.code()).isEqualTo(ErrorCode.INTERNAL);
    assertThat(error.context()).containsEntry("code", "QUOTA_SPENT");
  }

  @Test
  void theTransportsOwnFailuresAreSortedToo() {
    StatusRuntimeException refused =
        Status.UNAVAILABLE
            .withDescription("io exception")
            .withCause(new IOException("Connection refused"))
            .asRuntimeException();
    Status tooLong =
        Status.RESOURCE_EXHAUSTED.withDescription("gRPC message exceeds maximum size 5: 9");

    assertThat(StatusMapper.fromStatus(refused).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(StatusMapper.fromStatus(refused)).hasMessage("io exception: Connection refused");
    assertThat(StatusMapper.fromStatus(tooLong, null).code()).isEqualTo(ErrorCode.TOO_LARGE);
    assertThat(StatusMapper.fromStatus(Status.RESOURCE_EXHAUSTED, null).code())
        .isEqualTo(ErrorCode.BUSY);
    assertThat(StatusMapper.fromStatus(new IllegalStateException("x")).code())
        .isEqualTo(ErrorCode.INTERNAL);
  }

  @Test
  void anErrorForTheWireHasNoStackTrace() {
    assertThat(StatusMapper.toStatus(MetadataException.notFound("/a")).getTrailers()).isNotNull();
    assertThat(MetadataException.notFound("/a").getStackTrace()).isEmpty();
  }
}
