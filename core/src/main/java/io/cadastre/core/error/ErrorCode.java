package io.cadastre.core.error;

/**
 * Every way a call can fail, in one list. The wire mapping lives in one table beside the generated
 * API; the CLI's exit codes in another. A code is never renamed: clients branch on the name.
 */
public enum ErrorCode {
  /** A field of the request is wrong; the text names the field and what was expected. */
  INVALID_ARGUMENT(Fault.CALLER, Retry.NEVER),
  /** A path is malformed: not absolute, not UTF-8, has `.` or `..`, or is too long. */
  INVALID_PATH(Fault.CALLER, Retry.NEVER),
  /** Nothing is at the path. */
  NOT_FOUND(Fault.CALLER, Retry.NEVER),
  /** Something is already at the path. */
  ALREADY_EXISTS(Fault.CALLER, Retry.NEVER),
  /** A directory was expected. */
  NOT_A_DIRECTORY(Fault.CALLER, Retry.NEVER),
  /** A file was expected. */
  NOT_A_FILE(Fault.CALLER, Retry.NEVER),
  /** The directory still has entries. */
  NOT_EMPTY(Fault.CALLER, Retry.NEVER),
  /** Owner, group and mode do not allow it. */
  PERMISSION_DENIED(Fault.CALLER, Retry.NEVER),
  /** The mount is read-only. */
  READ_ONLY(Fault.CALLER, Retry.NEVER),
  /** Rename between two mounts, or between a mount and what lies outside. */
  CROSS_MOUNT(Fault.CALLER, Retry.NEVER),
  /** The operation would move, replace or remove a mount point, or a directory that holds one. */
  MOUNT_INSIDE(Fault.CALLER, Retry.NEVER),
  /** The store path intersects with that of another mount. */
  MOUNT_INTERSECTS(Fault.CALLER, Retry.NEVER),
  /** The path is not a mount point. */
  NOT_A_MOUNT(Fault.CALLER, Retry.NEVER),
  /** A condition of the request (inode id, change index) does not hold. */
  INODE_CHANGED(Fault.CALLER, Retry.NEVER),
  /** The file is not complete, or is complete already. */
  FILE_STATE(Fault.CALLER, Retry.NEVER),
  /** The subtree differs from its store; load it again or pass --unchecked. */
  OUT_OF_SYNC(Fault.CALLER, Retry.NEVER),
  /** The request or one of its records exceeds a limit; the text names it. */
  TOO_LARGE(Fault.CALLER, Retry.NEVER),
  /** The request is not of a kind that this version knows. */
  UNSUPPORTED(Fault.CALLER, Retry.NEVER),
  /** The caller did not prove who it is. */
  UNAUTHENTICATED(Fault.CALLER, Retry.NEVER),
  /** The operation id was used before for a different request, or by another user. */
  OPERATION_ID_REUSED(Fault.CALLER, Retry.NEVER),
  /** The operation id is too old to tell whether the operation took effect. */
  OPERATION_ID_EXPIRED(Fault.CALLER, Retry.NEVER),
  /** The view of a resume token is gone; start again or allow a newer one. */
  VIEW_EXPIRED(Fault.CALLER, Retry.NEVER),
  /** The request is for another cluster, or for an earlier life of this one. */
  EPOCH_CHANGED(Fault.CALLER, Retry.NEVER),

  /** This master does not lead; the context may name the one that does. Nothing was done. */
  NOT_LEADER(Fault.CLUSTER, Retry.ELSEWHERE),
  /** A queue, table or limit is full. Nothing was done. */
  BUSY(Fault.CLUSTER, Retry.LATER),
  /**
   * The path is locked by another operation for longer than the caller would wait. Nothing was
   * done.
   */
  LOCK_TIMEOUT(Fault.CLUSTER, Retry.LATER),
  /** This master is starting, stopping or installing a snapshot. Nothing was done. */
  UNAVAILABLE(Fault.CLUSTER, Retry.ELSEWHERE),
  /** The deadline passed before anything was done. */
  DEADLINE_EXCEEDED(Fault.CLUSTER, Retry.LATER),
  /**
   * It is not known whether the operation took or will take effect. Retry with the same operation
   * id.
   */
  OUTCOME_UNKNOWN(Fault.CLUSTER, Retry.SAME_ID),

  /** The store did not answer, or answered with an error. The namespace has not changed. */
  STORE_UNAVAILABLE(Fault.STORE, Retry.LATER),
  /** The store refused: its own permissions, quota or state. The namespace has not changed. */
  STORE_REFUSED(Fault.STORE, Retry.NEVER),
  /** The store's root is not the one that was mounted. */
  STORE_ROOT_CHANGED(Fault.STORE, Retry.NEVER),
  /** Deletes are held back by the mass-delete guard. */
  GUARDED(Fault.STORE, Retry.NEVER),
  /** Part of the request could not be read from the store; the rest was done. */
  PARTIAL(Fault.STORE, Retry.LATER),

  /** A defect in Cadastre. */
  INTERNAL(Fault.BUG, Retry.NEVER),
  /** Stored data fails its own checks. */
  CORRUPT(Fault.BUG, Retry.NEVER);

  /** Who has to act. */
  public enum Fault {
    CALLER,
    CLUSTER,
    STORE,
    BUG
  }

  /** What a client may do by itself. */
  public enum Retry {
    /** The same call will fail again. */
    NEVER,
    /** After a pause, at the same master. */
    LATER,
    /** At once, at another master. */
    ELSEWHERE,
    /** Only with the same operation id. */
    SAME_ID
  }

  private final Fault fault;
  private final Retry retry;

  ErrorCode(Fault fault, Retry retry) {
    this.fault = fault;
    this.retry = retry;
  }

  public Fault fault() {
    return fault;
  }

  public Retry retry() {
    return retry;
  }

  /** Whether a client may send the same call again by itself. */
  public boolean retryable() {
    return retry != Retry.NEVER;
  }

  /**
   * The code of this name, or {@link #INTERNAL} if a newer peer sent one that is not known here.
   */
  public static ErrorCode byName(String name) {
    for (ErrorCode code : values()) {
      if (code.name().equals(name)) {
        return code;
      }
    }
    return INTERNAL;
  }
}
