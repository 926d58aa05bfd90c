package io.cadastre.cli.base;

import io.cadastre.core.error.ErrorCode;

/**
 * Every exit code of the command, in one table; scripts branch on these numbers, so a number never
 * changes its meaning. {@link #of(ErrorCode)} has no default branch: a new error code does not
 * compile until it has its place here.
 */
public enum ExitCodes {
  OK(0, "Done; for `test` and `exists`: yes; for `diff`: nothing differs"),
  NO(
      1,
      "Nothing is at the path; for `test` and `exists`: no; a running check or"
          + " `diff` found a difference"),
  USAGE(
      2,
      "Wrong command, option, path or value, or a confirmation is missing; nothing was done;"
          + " for `diff`: any failure"),
  DENIED(3, "Not permitted: owner, group and mode, a read-only mount, or the store itself"),
  CONFLICT(4, "The state of the path does not allow it: it exists, is not empty, has changed, ..."),
  UNAVAILABLE(5, "No answer in time: no leader, masters or store not reachable, overload"),
  UNKNOWN(6, "It is not known whether the change took effect; look before you repeat it"),
  PARTIAL(7, "Part of it was done; what failed is named in the output"),
  INTERNAL(8, "A defect, damaged data, or the local machine failed (disk full, no such program)"),
  DECLINED(9, "You answered no to a question; nothing was done"),
  INTERRUPTED(130, "Interrupted");

  private final int code;
  private final String meaning;

  ExitCodes(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The number that the process exits with. */
  public int code() {
    return code;
  }

  /** One line for the reference page. */
  public String meaning() {
    return meaning;
  }

  /** The exit code for a failure that the cluster or the client reported. */
  public static ExitCodes of(ErrorCode error) {
    return switch (error) {
      case NOT_FOUND -> NO;
      case INVALID_ARGUMENT, INVALID_PATH, UNSUPPORTED, TOO_LARGE -> USAGE;
      case PERMISSION_DENIED, UNAUTHENTICATED, READ_ONLY, STORE_REFUSED -> DENIED;
      case ALREADY_EXISTS,
          NOT_A_DIRECTORY,
          NOT_A_FILE,
          NOT_EMPTY,
          CROSS_MOUNT,
          MOUNT_INSIDE,
          MOUNT_INTERSECTS,
          NOT_A_MOUNT,
          INODE_CHANGED,
          FILE_STATE,
          OUT_OF_SYNC,
          OPERATION_ID_REUSED,
          VIEW_EXPIRED,
          EPOCH_CHANGED,
          STORE_ROOT_CHANGED ->
          CONFLICT;
      case NOT_LEADER, BUSY, LOCK_TIMEOUT, UNAVAILABLE, DEADLINE_EXCEEDED, STORE_UNAVAILABLE ->
          UNAVAILABLE;
      case OUTCOME_UNKNOWN, OPERATION_ID_EXPIRED -> UNKNOWN;
      case GUARDED, PARTIAL -> PARTIAL;
      case INTERNAL, CORRUPT -> INTERNAL;
    };
  }
}
