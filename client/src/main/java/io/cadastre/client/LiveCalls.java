package io.cadastre.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The calls that are not completed yet, by call id. Their deadlines are looked through only when
 * the earliest one may have passed, so a call that is answered in time costs no timer. For the I/O
 * thread.
 */
final class LiveCalls {
  private final Map<Long, PendingCall<?>> calls = new HashMap<>();
  private long nextCallId = 1;
  private long firstDeadlineNanos;

  /** Takes the call in and gives it its id. */
  void add(PendingCall<?> call) {
    call.callId = nextCallId++;
    if (calls.isEmpty() || call.deadlineNanos - firstDeadlineNanos < 0) {
      firstDeadlineNanos = call.deadlineNanos;
    }
    calls.put(call.callId, call);
  }

  /** Null if it is completed. */
  PendingCall<?> get(long callId) {
    return calls.get(callId);
  }

  void remove(PendingCall<?> call) {
    calls.remove(call.callId);
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  List<PendingCall<?>> all() {
    return List.copyOf(calls.values());
  }

  /** Those on this connection, in the order of submission: they may be operations of one batch. */
  List<PendingCall<?>> on(PipelinedConnection connection) {
    List<PendingCall<?>> found = new ArrayList<>();
    calls.values().stream().filter(call -> call.connection == connection).forEach(found::add);
    found.sort((a, b) -> Long.compare(a.callId, b.callId));
    return found;
  }

  /** Those whose time is up. */
  List<PendingCall<?>> expired(long nowNanos) {
    if (calls.isEmpty() || nowNanos - firstDeadlineNanos < 0) {
      return List.of();
    }
    List<PendingCall<?>> expired = new ArrayList<>();
    long first = nowNanos + Long.MAX_VALUE / 2;
    for (PendingCall<?> call : calls.values()) {
      if (nowNanos - call.deadlineNanos >= 0) {
        expired.add(call);
      } else if (call.deadlineNanos - first < 0) {
        first = call.deadlineNanos;
      }
    }
    firstDeadlineNanos = first;
    return expired;
  }
}
