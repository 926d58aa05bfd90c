package io.cadastre.client;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;

/** The errors that the client itself makes, and how they carry the last one of a master. */
final class CallErrors {
  private CallErrors() {}

  static MetadataException closed() {
    return new MetadataException(ErrorCode.UNAVAILABLE, "The client is closed");
  }

  static MetadataException busy(int maxOutstanding) {
    return new MetadataException(
            ErrorCode.BUSY,
            "Too many unanswered calls in this client; wait for answers before sending more")
        .with("maxOutstanding", maxOutstanding);
  }

  static MetadataException deadline(MetadataException last) {
    return withLast(
        new MetadataException(
            ErrorCode.DEADLINE_EXCEEDED, "No answer within the call's time; nothing was changed"),
        last);
  }

  static MetadataException readDeadline(MetadataException last) {
    return withLast(
        new MetadataException(ErrorCode.DEADLINE_EXCEEDED, "No answer within the call's time"),
        last);
  }

  static MetadataException outcomeUnknown(MetadataException last) {
    return withLast(
        new MetadataException(
            ErrorCode.OUTCOME_UNKNOWN,
            "It is not known whether the operation took effect; look before doing it again"),
        last);
  }

  static MetadataException interrupted(boolean mutation) {
    return mutation
        ? new MetadataException(
            ErrorCode.OUTCOME_UNKNOWN, "Interrupted while waiting; the operation may take effect")
        : new MetadataException(ErrorCode.UNAVAILABLE, "Interrupted while waiting for the answer");
  }

  private static MetadataException withLast(MetadataException error, MetadataException last) {
    if (last == null) {
      return error;
    }
    error.with("last error", last.code() + ": " + last.getMessage());
    last.context().forEach((key, value) -> error.with("last " + key, value));
    return error;
  }
}
