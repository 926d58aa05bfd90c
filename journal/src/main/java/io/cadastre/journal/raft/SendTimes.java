package io.cadastre.journal.raft;

/**
 * When the latest appends to one follower were sent, by call id. Keeps the last {@value #SLOTS};
 * the send time of an older one is simply not known any more. Thread-safe.
 */
final class SendTimes {
  private static final int SLOTS = 1024;

  private final long[] callIds = new long[SLOTS];
  private final long[] nanos = new long[SLOTS];

  SendTimes() {
    java.util.Arrays.fill(callIds, -1);
  }

  synchronized void sent(long callId, long atNanos) {
    int slot = slot(callId);
    callIds[slot] = callId;
    nanos[slot] = atNanos;
  }

  /** Whether the send time of this call is known. */
  synchronized boolean knows(long callId) {
    return callIds[slot(callId)] == callId;
  }

  /** The send time of a call that is known. */
  synchronized long of(long callId) {
    return nanos[slot(callId)];
  }

  private static int slot(long callId) {
    return (int) Math.floorMod(callId, (long) SLOTS);
  }
}
