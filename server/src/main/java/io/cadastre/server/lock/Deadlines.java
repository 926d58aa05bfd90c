package io.cadastre.server.lock;

import io.cadastre.core.time.TimeSource;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * When waiters have to be told that it is too late. Deadlines of similar length come in nearly
 * sorted, so one alarm for the earliest is enough and is seldom set anew; a waiter that leaves in
 * time costs no timer. Not thread-safe: guarded by the table.
 */
final class Deadlines {
  private final TimeSource time;
  private final ScheduledExecutorService timer;
  private final Runnable ring;
  private final TreeSet<Waiter> waiters = new TreeSet<>(Waiter.BY_DEADLINE);
  private ScheduledFuture<?> alarm;
  private long alarmNanos;

  /**
   * @param ring called on the timer, without the table's mutex, when a deadline may have passed
   */
  Deadlines(TimeSource time, ScheduledExecutorService timer, Runnable ring) {
    this.time = time;
    this.timer = timer;
    this.ring = ring;
  }

  void add(Waiter waiter) {
    // In this order: if the timer refuses, nothing has changed.
    setAlarm(waiter.deadlineNanos);
    waiters.add(waiter);
  }

  void remove(Waiter waiter) {
    waiters.remove(waiter);
  }

  /** Takes out the waiter whose deadline passed first; null if none has passed. */
  Waiter pollDue(long nowNanos) {
    return !waiters.isEmpty() && nowNanos - waiters.first().deadlineNanos >= 0
        ? waiters.pollFirst()
        : null;
  }

  /** Sets the alarm for whoever is next, after the due ones were taken out. */
  void setAlarmForNext() {
    stopAlarm();
    if (!waiters.isEmpty()) {
      setAlarm(waiters.first().deadlineNanos);
    }
  }

  private void setAlarm(long deadlineNanos) {
    if (alarm != null && alarmNanos - deadlineNanos <= 0) {
      return;
    }
    long delay = Math.max(0, deadlineNanos - time.nanoTime());
    ScheduledFuture<?> sooner = timer.schedule(ring, delay, TimeUnit.NANOSECONDS);
    stopAlarm();
    alarm = sooner;
    alarmNanos = deadlineNanos;
  }

  private void stopAlarm() {
    if (alarm != null) {
      alarm.cancel(false);
      alarm = null;
    }
  }

  void clear() {
    waiters.clear();
    stopAlarm();
  }
}
