package io.cadastre.core.api;

import io.cadastre.core.api.proto.ErrorInfo;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;

/**
 * {@link MetadataException} to gRPC status and back: the one table. The status carries the whole
 * {@link ErrorInfo} in its trailers; a client in another language may branch on the status code
 * alone. Stateless.
 */
public final class StatusMapper {
  /** Trailer `cadastre.api.errorinfo-bin`. */
  private static final Metadata.Key<ErrorInfo> ERROR =
      ProtoUtils.keyForProto(ErrorInfo.getDefaultInstance());

  private StatusMapper() {}

  /** The gRPC status code of an error code. */
  public static Status.Code grpcCode(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT, INVALID_PATH, TOO_LARGE -> Status.Code.INVALID_ARGUMENT;
      case NOT_FOUND -> Status.Code.NOT_FOUND;
      case ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
      case PERMISSION_DENIED, STORE_REFUSED -> Status.Code.PERMISSION_DENIED;
      case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
      case UNSUPPORTED -> Status.Code.UNIMPLEMENTED;
      case NOT_A_DIRECTORY,
          NOT_A_FILE,
          NOT_EMPTY,
          READ_ONLY,
          CROSS_MOUNT,
          MOUNT_INSIDE,
          MOUNT_INTERSECTS,
          NOT_A_MOUNT,
          INODE_CHANGED,
          FILE_STATE,
          OUT_OF_SYNC,
          OPERATION_ID_REUSED,
          EPOCH_CHANGED,
          STORE_ROOT_CHANGED,
          GUARDED,
          PARTIAL ->
          Status.Code.FAILED_PRECONDITION;
      case OPERATION_ID_EXPIRED, OUTCOME_UNKNOWN -> Status.Code.UNKNOWN;
      case VIEW_EXPIRED, LOCK_TIMEOUT -> Status.Code.ABORTED;
      case NOT_LEADER, UNAVAILABLE, STORE_UNAVAILABLE -> Status.Code.UNAVAILABLE;
      case BUSY -> Status.Code.RESOURCE_EXHAUSTED;
      case DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
      case INTERNAL -> Status.Code.INTERNAL;
      case CORRUPT -> Status.Code.DATA_LOSS;
    };
  }

  /** The error as a gRPC failure: status, text, and all of it in the trailers; no stack trace. */
  public static StatusRuntimeException toStatus(MetadataException error) {
    Metadata trailers = new Metadata();
    trailers.put(ERROR, ErrorInfos.toProto(error));
    return grpcCode(error.code())
        .toStatus()
        .withDescription(error.getMessage())
        .asRuntimeException(trailers);
  }

  /** What a failed gRPC call means; the throwable may be of any kind. */
  public static MetadataException fromStatus(Throwable failure) {
    if (failure instanceof MetadataException error) {
      return error;
    }
    Metadata trailers = Status.trailersFromThrowable(failure);
    return fromStatus(Status.fromThrowable(failure), trailers);
  }

  /** What a closed gRPC call means; trailers may be null. */
  public static MetadataException fromStatus(Status status, Metadata trailers) {
    ErrorInfo info = trailers == null ? null : trailers.get(ERROR);
    if (info != null) {
      return ErrorInfos.toException(info);
    }
    String text = status.getDescription() == null ? "" : status.getDescription();
    Throwable cause = status.getCause();
    if (cause != null && cause.getMessage() != null && !text.contains(cause.getMessage())) {
      text = text.isEmpty() ? cause.getMessage() : text + ": " + cause.getMessage();
    }
    ErrorCode code = errorCode(status.getCode(), text);
    return new MetadataException(code, text.isEmpty() ? "gRPC " + status.getCode() : text, cause)
        .with("grpc", status.getCode());
  }

  /** For a status that does not come from our own services: the transport, or a stranger. */
  private static ErrorCode errorCode(Status.Code code, String text) {
    return switch (code) {
      case UNAVAILABLE, CANCELLED, ABORTED -> ErrorCode.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> ErrorCode.DEADLINE_EXCEEDED;
      // gRPC uses one status for a full server and for a message over the size limit.
      case RESOURCE_EXHAUSTED ->
          text.contains("exceeds maximum size") ? ErrorCode.TOO_LARGE : ErrorCode.BUSY;
      case UNIMPLEMENTED -> ErrorCode.UNSUPPORTED;
      case UNAUTHENTICATED -> ErrorCode.UNAUTHENTICATED;
      case PERMISSION_DENIED -> ErrorCode.PERMISSION_DENIED;
      case INVALID_ARGUMENT, OUT_OF_RANGE -> ErrorCode.INVALID_ARGUMENT;
      case NOT_FOUND -> ErrorCode.NOT_FOUND;
      case ALREADY_EXISTS -> ErrorCode.ALREADY_EXISTS;
      case DATA_LOSS -> ErrorCode.CORRUPT;
      case OK, UNKNOWN, INTERNAL, FAILED_PRECONDITION -> ErrorCode.INTERNAL;
    };
  }
}
