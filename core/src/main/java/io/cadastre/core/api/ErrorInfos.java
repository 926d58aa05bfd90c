package io.cadastre.core.api;

import io.cadastre.core.api.proto.ErrorInfo;
import io.cadastre.core.api.proto.Property;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;

/** {@link MetadataException} to {@link ErrorInfo} and back. Stateless. */
public final class ErrorInfos {
  /** The context key under which the leader's host:port travels in {@link ErrorInfo#getLeader}. */
  public static final String LEADER = "leader";

  private ErrorInfos() {}

  public static ErrorInfo toProto(MetadataException error) {
    ErrorCode code = error.code();
    ErrorInfo.Builder info =
        ErrorInfo.newBuilder()
            .setCode(code.name())
            .setMessage(error.getMessage() == null ? "" : error.getMessage())
            .setRetryable(code.retryable())
            .setOutcomeUnknown(code == ErrorCode.OUTCOME_UNKNOWN);
    error
        .context()
        .forEach(
            (key, value) -> {
              if (key.equals(LEADER)) {
                info.setLeader(value);
              } else {
                info.addContext(Property.newBuilder().setKey(key).setValue(value));
              }
            });
    return info.build();
  }

  /**
   * The error as an exception. A code that is not known here is INTERNAL; one that says that its
   * outcome is unknown is OUTCOME_UNKNOWN, whatever its name.
   */
  public static MetadataException toException(ErrorInfo info) {
    ErrorCode code =
        info.getOutcomeUnknown() ? ErrorCode.OUTCOME_UNKNOWN : ErrorCode.byName(info.getCode());
    MetadataException error = new MetadataException(code, info.getMessage());
    if (!code.name().equals(info.getCode())) {
      error.with("code", info.getCode());
    }
    if (!info.getLeader().isEmpty()) {
      error.with(LEADER, info.getLeader());
    }
    for (Property property : info.getContextList()) {
      error.with(property.getKey(), property.getValue());
    }
    return error;
  }
}
