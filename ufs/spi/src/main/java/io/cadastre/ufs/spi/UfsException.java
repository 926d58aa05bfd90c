package io.cadastre.ufs.spi;

import io.cadastre.core.error.ErrorCode;

/**
 * A store did not do what it was asked. The message is for the user and names the path; the kind
 * says what may be concluded.
 */
public final class UfsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What may be concluded. All kinds but {@link #UNKNOWN} promise that nothing has changed. */
  public enum Kind {
    /**
     * Time-out, I/O error, anything unforeseen: a mutation may have been done, or be done later.
     */
    UNKNOWN(ErrorCode.STORE_UNAVAILABLE, true),
    /** The request was not sent: deadline passed, store closed or not answering for a while. */
    UNAVAILABLE(ErrorCode.STORE_UNAVAILABLE, true),
    /** The store's root is not the one that was mounted. Nothing was done. */
    ROOT_CHANGED(ErrorCode.STORE_ROOT_CHANGED, false),
    /** The store says that the path, or the parent it needs, does not exist. */
    ABSENT(ErrorCode.NOT_FOUND, false),
    /** Something is at the path that was to be created. */
    EXISTS(ErrorCode.ALREADY_EXISTS, false),
    /** A directory was needed and something else is there. */
    NOT_A_DIRECTORY(ErrorCode.NOT_A_DIRECTORY, false),
    /** The directory still has entries. */
    NOT_EMPTY(ErrorCode.NOT_EMPTY, false),
    /** The store's own permissions do not allow it. */
    DENIED(ErrorCode.STORE_REFUSED, false),
    /** The store will not do it: quota, read-only, unknown owner, a move below itself. */
    REFUSED(ErrorCode.STORE_REFUSED, false),
    /** The entry is not the one that the caller expected. */
    PRECONDITION(ErrorCode.INODE_CHANGED, false),
    /** This kind of store, or of entry, cannot do it. */
    UNSUPPORTED(ErrorCode.STORE_REFUSED, false);

    private final ErrorCode code;
    private final boolean retryable;

    Kind(ErrorCode code, boolean retryable) {
      this.code = code;
      this.retryable = retryable;
    }

    /**
     * The code for a client, unless the caller knows better: a mutation that ended UNKNOWN is
     * settled first, and is OUTCOME_UNKNOWN until then.
     */
    public ErrorCode errorCode() {
      return code;
    }

    /** Whether the store is certain to be as it was before the call. */
    public boolean changedNothing() {
      return this != UNKNOWN;
    }
  }

  private final Kind kind;
  private final boolean retryable;

  public UfsException(Kind kind, String message) {
    this(kind, message, kind.retryable, null);
  }

  public UfsException(Kind kind, String message, Throwable cause) {
    this(kind, message, kind.retryable, cause);
  }

  public UfsException(Kind kind, String message, boolean retryable, Throwable cause) {
    // A failing store fails often, and its own exception is the cause: no stack trace of ours.
    super(message, cause, true, false);
    this.kind = kind;
    this.retryable = retryable;
  }

  public Kind kind() {
    return kind;
  }

  /** This failure of something that was asked before a change: the change was not sent. */
  public UfsException beforeChange() {
    return kind == Kind.UNKNOWN
        ? new UfsException(Kind.UNAVAILABLE, getMessage(), retryable, this)
        : this;
  }

  /** Whether the same call may succeed later without anybody changing anything. */
  public boolean retryable() {
    return retryable;
  }
}
