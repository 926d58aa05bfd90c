package io.cadastre.server.lock;

/** Told of waits for locks, inside the table's mutex: must be quick and must not call back. */
public interface LockMetrics {
  LockMetrics NONE =
      new LockMetrics() {
        @Override
        public void waited(long nanos) {}

        @Override
        public void timedOut() {}
      };

  /** A request was granted after it had to wait. */
  void waited(long nanos);

  /** A request's deadline passed. */
  void timedOut();
}
