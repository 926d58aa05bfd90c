package io.cadastre.server.lock;

/**
 * Locks that are held. They belong to whoever has this handle, on whatever thread: an operation
 * that has been submitted to the journal passes it to its entry, and the entry closes it when it is
 * applied. Closing twice does nothing; nor does closing after the term's table was closed.
 */
public final class LockedPaths implements AutoCloseable {
  private final LockTable table;
  private final LockRequest request;

  /** One state per key of the request; set when granted, null once released. Guarded by table. */
  KeyState[] states;

  /** Set once, before the handle is given out. */
  long waitedNanos;

  LockedPaths(LockTable table, LockRequest request) {
    this.table = table;
    this.request = request;
  }

  /** What is held. */
  public LockRequest request() {
    return request;
  }

  /** The leadership term in which these locks mean something. */
  public long term() {
    return table.term();
  }

  /** How long it took to get them, in nanoseconds; 0 if they were free. */
  public long waitedNanos() {
    return waitedNanos;
  }

  /** Whether these locks keep others out: not yet released, and the term's table not closed. */
  public boolean isHeld() {
    return table.isHeld(this);
  }

  /** Releases all keys at once and lets in those who waited for them. Never blocks. */
  @Override
  public void close() {
    table.release(this);
  }

  @Override
  public String toString() {
    return "LockedPaths" + request;
  }
}
