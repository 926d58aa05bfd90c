package io.cadastre.server.transaction;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;

/** What a failed future has to tell the caller. */
public final class MetadataExceptions {
  private MetadataExceptions() {}

  /** The cause as a {@link MetadataException}; a foreign one becomes INTERNAL, without its text. */
  public static MetadataException unwrap(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof MetadataException known) {
      return known;
    }
    if (cause instanceof RejectedExecutionException) {
      return new MetadataException(ErrorCode.BUSY, "The master has too many calls in progress");
    }
    return new MetadataException(
        ErrorCode.INTERNAL, "The master failed by a defect; its log has the details", cause);
  }
}
