package io.cadastre.server.lock;

import io.cadastre.core.error.MetadataException;
import io.cadastre.core.time.TimeSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The locks of one leadership term. A new term gets a new table; the old one is closed and with it
 * goes everything that was held or waited for.
 *
 * <p>Granting is all or nothing and in order of arrival: a request waits for those who hold one of
 * its keys and for those who came earlier and want one of its keys in a way that excludes it. The
 * one exception keeps a slow exclusive request from freezing its neighbours: new shared requests
 * pass a waiting exclusive one for {@link LockSettings#patience} from its arrival. Nobody starves,
 * also not who needs many keys.
 *
 * <p>Threading: every method may be called from any thread and none blocks but for a short mutex.
 * Futures that had to wait are completed on the executor given, never on the thread that releases;
 * only if it refuses the task, they fail on that one. It must not run tasks on the calling thread.
 *
 * <p>Not final only so that tests can show what becomes of a cluster whose locks break a promise.
 */
public class LockTable implements AutoCloseable {
  private final long term;
  private final LockSettings settings;
  private final TimeSource time;
  private final Executor resumer;

  /** Guards all below, and what they point to. LockTableMeasurement says why it is one only. */
  private final Object mutex = new Object();

  private final LockStates states;
  private final Deadlines deadlines;
  private final LockMetrics metrics;
  private long waited;
  private long timedOut;
  private long refused;
  private boolean closed;

  /**
   * @param term the leadership term, told in errors and by every handle
   * @param timer runs a short task when a deadline passes; must not be shut down before this is
   *     closed
   * @param resumer where those who waited go on; if it refuses a task, that request is answered
   *     BUSY and its locks are freed
   */
  public LockTable(
      long term,
      LockSettings settings,
      TimeSource time,
      ScheduledExecutorService timer,
      Executor resumer) {
    this(term, settings, time, timer, resumer, LockMetrics.NONE);
  }

  /** As above, telling somebody of waits. */
  public LockTable(
      long term,
      LockSettings settings,
      TimeSource time,
      ScheduledExecutorService timer,
      Executor resumer,
      LockMetrics metrics) {
    this.term = term;
    this.metrics = metrics;
    this.settings = settings;
    this.time = time;
    this.resumer = resumer;
    this.states = new LockStates(time);
    this.deadlines = new Deadlines(time, timer, this::expireDue);
  }

  public long term() {
    return term;
  }

  /**
   * Asks for locks. If they are free the future is already complete. It fails with a {@link
   * MetadataException}: LOCK_TIMEOUT if the deadline passes first, BUSY if too many wait already,
   * NOT_LEADER if the table is or gets closed; nothing is held then. Cancelling it gives up the
   * place in the queue.
   *
   * @param deadlineNanos a moment of the time source's monotonic clock; once it has passed, only
   *     what is free at once is granted
   */
  public CompletableFuture<LockedPaths> acquire(LockRequest request, long deadlineNanos) {
    LockedPaths handle = new LockedPaths(this, request);
    KeyState[] found = new KeyState[request.size()];
    Waiter waiter;
    synchronized (mutex) {
      if (closed) {
        return CompletableFuture.failedFuture(LockErrors.notLeader(term));
      }
      int blockedOn = states.tryGrant(handle, found);
      if (blockedOn < 0) {
        return CompletableFuture.completedFuture(handle);
      }
      if (states.waiting() >= settings.maxWaiters()) {
        refused++;
        return CompletableFuture.failedFuture(LockErrors.tooManyWaiters(settings.maxWaiters()));
      }
      long now = time.nanoTime();
      if (now - deadlineNanos >= 0) {
        timedOut++;
        return CompletableFuture.failedFuture(LockErrors.timeout(request.key(blockedOn), 0));
      }
      long patientUntil = now + settings.patience().toNanos();
      waiter = new Waiter(handle, waited++, now, deadlineNanos, patientUntil, blockedOn);
      deadlines.add(waiter);
      states.enqueue(waiter);
    }
    waiter.future.whenComplete(
        (locked, failure) -> {
          if (failure != null) {
            giveUp(waiter);
          }
        });
    return waiter.future;
  }

  /**
   * The same for a thread that can wait.
   *
   * @throws ExecutionException with what {@link #acquire} fails with
   * @throws InterruptedException if the thread is to stop; nothing is held then, nor will be
   */
  public LockedPaths await(LockRequest request, long deadlineNanos)
      throws InterruptedException, ExecutionException {
    CompletableFuture<LockedPaths> asked = acquire(request, deadlineNanos);
    try {
      return asked.get();
    } catch (InterruptedException e) {
      if (!asked.cancel(false) && !asked.isCompletedExceptionally()) {
        asked.join().close();
      }
      throw e;
    }
  }

  /**
   * Takes the locks if they are free and nobody who has precedence waits for one of them.
   *
   * @throws MetadataException NOT_LEADER if the table is closed
   */
  public Optional<LockedPaths> tryAcquire(LockRequest request) {
    LockedPaths handle = new LockedPaths(this, request);
    KeyState[] found = new KeyState[request.size()];
    synchronized (mutex) {
      if (closed) {
        throw LockErrors.notLeader(term);
      }
      return states.tryGrant(handle, found) < 0 ? Optional.of(handle) : Optional.empty();
    }
  }

  boolean isHeld(LockedPaths handle) {
    synchronized (mutex) {
      return !closed && handle.states != null;
    }
  }

  void release(LockedPaths handle) {
    List<Waiter> granted = free(handle);
    if (!granted.isEmpty()) {
      resume(granted);
    }
  }

  /** Frees the keys, unless that was done before; returns who got them. */
  private List<Waiter> free(LockedPaths handle) {
    synchronized (mutex) {
      if (closed || handle.states == null) {
        return List.of();
      }
      List<Waiter> granted = states.release(handle);
      stopWaiting(granted);
      return granted;
    }
  }

  /** The caller has cancelled its future, or it has failed already; then there is nothing left. */
  private void giveUp(Waiter waiter) {
    List<Waiter> granted = new ArrayList<>(0);
    synchronized (mutex) {
      if (states.isWaiting(waiter)) {
        deadlines.remove(waiter);
        states.abandon(waiter, granted);
        stopWaiting(granted);
      }
    }
    resume(granted);
  }

  private void stopWaiting(List<Waiter> granted) {
    for (Waiter waiter : granted) {
      deadlines.remove(waiter);
      waiter.handle.waitedNanos = Math.max(1, time.nanoTime() - waiter.arrivedNanos);
      metrics.waited(waiter.handle.waitedNanos);
    }
  }

  /** Completes futures; outside the mutex, and without recursion however many are refused. */
  private void resume(List<Waiter> granted) {
    ArrayDeque<Waiter> open = new ArrayDeque<>(granted);
    for (Waiter waiter = open.poll(); waiter != null; waiter = open.poll()) {
      Waiter next = waiter;
      try {
        resumer.execute(() -> handOver(next));
      } catch (RejectedExecutionException e) {
        open.addAll(free(next.handle));
        next.future.completeExceptionally(LockErrors.noThread(e));
      }
    }
  }

  /** The caller may have cancelled the future meanwhile; then nobody else would release. */
  private static void handOver(Waiter waiter) {
    if (!waiter.future.complete(waiter.handle)) {
      waiter.handle.close();
    }
  }

  private void fail(Waiter waiter, MetadataException failure) {
    try {
      resumer.execute(() -> waiter.future.completeExceptionally(failure));
    } catch (RejectedExecutionException e) {
      // The answer must not get lost; failing is cheap enough for this thread.
      failure.addSuppressed(e);
      waiter.future.completeExceptionally(failure);
    }
  }

  /** Fails everybody whose deadline has passed. Called by the timer; an early call does no harm. */
  void expireDue() {
    List<Waiter> due = new ArrayList<>();
    List<Waiter> granted = new ArrayList<>();
    long now;
    synchronized (mutex) {
      if (closed) {
        return;
      }
      now = time.nanoTime();
      for (Waiter waiter = deadlines.pollDue(now);
          waiter != null;
          waiter = deadlines.pollDue(now)) {
        // One that left earlier in this loop may just have let in this one.
        if (states.isWaiting(waiter)) {
          states.abandon(waiter, granted);
          due.add(waiter);
          metrics.timedOut();
        }
      }
      stopWaiting(granted);
      timedOut += due.size();
      deadlines.setAlarmForNext();
    }
    for (Waiter waiter : due) {
      fail(waiter, LockErrors.timeout(waiter.blockedOnKey(), now - waiter.arrivedNanos));
    }
    resume(granted);
  }

  /** Ends the term: all who wait get NOT_LEADER, all that is held means nothing any more. */
  @Override
  public void close() {
    List<Waiter> left = new ArrayList<>();
    synchronized (mutex) {
      closed = true;
      states.waiters().forEach(left::add);
      states.clear();
      deadlines.clear();
    }
    for (Waiter waiter : left) {
      fail(waiter, LockErrors.notLeader(term));
    }
  }

  /**
   * What is held and waited for now. Looks at every waiter unless `mostBlocked` is 0.
   *
   * @param mostBlocked how many of the most waited for keys to name
   */
  public LockSnapshot snapshot(int mostBlocked) {
    Map<String, LockSnapshot.BlockedKey> blocked = new HashMap<>();
    LockSnapshot counts;
    synchronized (mutex) {
      long now = time.nanoTime();
      long longest = states.waiting() == 0 ? 0 : now - states.oldest().arrivedNanos;
      if (mostBlocked > 0) {
        for (Waiter waiter : states.waiters()) {
          String key = waiter.blockedOnKey();
          blocked.merge(
              key,
              new LockSnapshot.BlockedKey(key, 1, now - waiter.arrivedNanos),
              LockSnapshot.BlockedKey::plus);
        }
      }
      counts =
          new LockSnapshot(
              term,
              states.handles(),
              states.locks(),
              states.keys(),
              states.waiting(),
              longest,
              waited,
              timedOut,
              refused,
              List.of());
    }
    return counts.withMostBlocked(blocked.values(), mostBlocked);
  }
}
