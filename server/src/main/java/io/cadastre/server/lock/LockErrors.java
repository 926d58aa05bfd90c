package io.cadastre.server.lock;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** What a caller is told who does not get its locks. In none of these cases is anything held. */
final class LockErrors {
  private LockErrors() {}

  static MetadataException notLeader(long term) {
    return new MetadataException(
            ErrorCode.NOT_LEADER, "This master's term as leader is over; nothing was done")
        .with("term", term);
  }

  static MetadataException tooManyWaiters(int limit) {
    return new MetadataException(
            ErrorCode.BUSY, "Too many operations wait for locks; try again later")
        .with("limit", limit);
  }

  static MetadataException noThread(RejectedExecutionException cause) {
    return new MetadataException(
        ErrorCode.BUSY,
        "No thread was free to go on after waiting for locks; try again later",
        cause);
  }

  static MetadataException timeout(String key, long waitedNanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(waitedNanos);
    return new MetadataException(
            ErrorCode.LOCK_TIMEOUT,
            "Waited " + millis + " ms for the lock of " + key + "; nothing was done, try again")
        .with("path", key)
        .with("waitedMillis", millis);
  }
}
