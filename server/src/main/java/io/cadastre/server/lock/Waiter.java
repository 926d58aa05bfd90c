package io.cadastre.server.lock;

import java.util.Comparator;
import java.util.concurrent.CompletableFuture;

/** A request that was not granted at once. Everything but the future is guarded by the table. */
final class Waiter {
  /** Differences, since the monotonic clock may overflow. */
  static final Comparator<Waiter> BY_DEADLINE =
      (left, right) ->
          left.deadlineNanos == right.deadlineNanos
              ? Long.compare(left.ticket, right.ticket)
              : left.deadlineNanos - right.deadlineNanos < 0 ? -1 : 1;

  static final Comparator<Waiter> BY_ARRIVAL = Comparator.comparingLong(waiter -> waiter.ticket);

  final LockedPaths handle;

  /** Order of arrival; who has the lower one goes first wherever two waiters want the same key. */
  final long ticket;

  final long arrivedNanos;
  final long deadlineNanos;

  /** Until then newcomers with a shared lock may pass an exclusive one of this request. */
  final long patientUntilNanos;

  final CompletableFuture<LockedPaths> future = new CompletableFuture<>();

  /** Index of the first key that could not be had when last looked at. */
  int blockedOn;

  Waiter(
      LockedPaths handle,
      long ticket,
      long arrivedNanos,
      long deadlineNanos,
      long patientUntilNanos,
      int blockedOn) {
    this.handle = handle;
    this.ticket = ticket;
    this.arrivedNanos = arrivedNanos;
    this.deadlineNanos = deadlineNanos;
    this.patientUntilNanos = patientUntilNanos;
    this.blockedOn = blockedOn;
  }

  LockRequest request() {
    return handle.request();
  }

  String blockedOnKey() {
    return request().key(blockedOn);
  }
}
