package io.cadastre.ufs.s3;

import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.util.Map;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/**
 * The one table from what the SDK throws to kinds. What is not in it is UNKNOWN, which is always
 * safe. Stateless.
 */
final class S3Errors {
  private static final String NO_CREDENTIALS = "Unable to load credentials";

  private static final Map<String, Kind> BY_CODE =
      Map.ofEntries(
          Map.entry("NoSuchKey", Kind.ABSENT),
          // The bucket has gone, and with it every answer about what is in it.
          Map.entry("NoSuchBucket", Kind.UNKNOWN),
          Map.entry("RequestTimeout", Kind.UNKNOWN),
          Map.entry("ExpiredToken", Kind.DENIED),
          Map.entry("InvalidToken", Kind.DENIED),
          Map.entry("InvalidObjectState", Kind.REFUSED),
          Map.entry("NotImplemented", Kind.UNSUPPORTED),
          Map.entry("PreconditionFailed", Kind.PRECONDITION),
          Map.entry("ConditionalRequestConflict", Kind.UNAVAILABLE),
          Map.entry("OperationAborted", Kind.UNAVAILABLE));

  private static final Map<Integer, Kind> BY_STATUS =
      Map.ofEntries(
          Map.entry(301, Kind.REFUSED),
          Map.entry(307, Kind.REFUSED),
          Map.entry(400, Kind.REFUSED),
          Map.entry(401, Kind.DENIED),
          Map.entry(403, Kind.DENIED),
          Map.entry(404, Kind.ABSENT),
          Map.entry(405, Kind.UNSUPPORTED),
          Map.entry(412, Kind.PRECONDITION),
          Map.entry(501, Kind.UNSUPPORTED));

  private S3Errors() {}

  static Kind kindOf(RuntimeException failure) {
    if (failure instanceof AwsServiceException e) {
      Kind byCode = BY_CODE.get(code(e));
      return byCode != null ? byCode : BY_STATUS.getOrDefault(e.statusCode(), Kind.UNKNOWN);
    }
    return String.valueOf(failure.getMessage()).startsWith(NO_CREDENTIALS)
        ? Kind.UNAVAILABLE
        : Kind.UNKNOWN;
  }

  private static String code(AwsServiceException failure) {
    return failure.awsErrorDetails() == null
        ? ""
        : String.valueOf(failure.awsErrorDetails().errorCode());
  }

  /** For a user: the store's code and words, or why there are none. */
  static String reasonOf(RuntimeException failure) {
    if (failure instanceof AwsServiceException e) {
      String code = code(e);
      String text = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorMessage();
      String told = text == null ? "" : ": " + text;
      return switch (e.statusCode()) {
        case 301, 307 -> "the bucket is in another region, set " + S3Options.REGION + told;
        case 403 -> "access denied (" + e.statusCode() + " " + code + told + ")";
        default -> e.statusCode() + " " + code + told;
      };
    } else if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException) {
      return "the store did not answer in time";
    } else if (failure instanceof AbortedException) {
      return "the request was interrupted";
    }
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String message = String.valueOf(failure.getMessage());
    String cause = String.valueOf(root.getMessage());
    return message.contains(cause) ? message : message + ": " + cause;
  }

  /** `Cannot <action> <uri>: <reason>`. */
  static UfsException failed(Kind kind, String action, String uri, RuntimeException failure) {
    return new UfsException(
        kind, "Cannot " + action + " " + uri + ": " + reasonOf(failure), failure);
  }
}
