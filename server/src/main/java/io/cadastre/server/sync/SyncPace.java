package io.cadastre.server.sync;

import io.cadastre.core.time.TimeSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;

/**
 * How fast recursive runs go. A run takes all the processors it can get, and every follower works
 * at what it journals: right as long as nobody waits for them. While calls come in and the
 * processors are busy, a thread of a run has one entry on its way and not several, and rests a
 * share of the time that it worked; one that descends has shorter entries, too. Runs over one path
 * or directory, which a caller waits for, do neither. Thread-safe.
 */
public final class SyncPace {
  /** Calls a second that are worth giving way to. */
  private static final double LEAST_CALLS = 20;

  /** Share of the processors that may be busy: with more, who wakes up waits for one. */
  private static final double BUSY = 0.75;

  /**
   * Given way to at once, and taken back slowly: a run that rests leaves the processors idle, and
   * would be at full speed again with the next look at them.
   */
  private static final double STEPS_BACK = 20;

  private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** What nobody has asked for longer says nothing of now. */
  private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A shorter rest waits for more to come. */
  private static final long LEAST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** What took longer than that, a slow store did. */
  private static final long MOST_WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final double most;
  private final DoubleSupplier processors;
  private final TimeSource time;
  private final LongAdder calls = new LongAdder();
  private volatile double rest;
  private volatile long sampledNanos;
  // Guarded by this.
  private long sampledCalls;

  /**
   * @param most rest for each time worked, at most; 0: never gives way
   * @param processors share of all processors that was busy since it was last asked, 0 to 1;
   *     negative if not known
   */
  public SyncPace(double most, DoubleSupplier processors, TimeSource time) {
    this.most = most;
    this.processors = processors;
    this.time = time;
    this.sampledNanos = time.nanoTime();
  }

  /** A call came in. */
  public void called() {
    calls.increment();
  }

  /** Rest for each time worked, now; 0: full speed, or no run is going. */
  public double rest() {
    return time.nanoTime() - sampledNanos > STALE_NANOS ? 0 : rest;
  }

  /** Whether runs rest now: whatever nobody waits for gives way too. */
  public boolean givesWay() {
    return rest() > 0;
  }

  private synchronized void sample() {
    long now = time.nanoTime();
    long passed = now - sampledNanos;
    if (passed < SAMPLE_NANOS) {
      return;
    }
    long sum = calls.sum();
    double perSecond = (double) (sum - sampledCalls) * TimeUnit.SECONDS.toNanos(1) / passed;
    sampledNanos = now;
    sampledCalls = sum;
    boolean busy = processors.getAsDouble() > BUSY;
    if (perSecond < LEAST_CALLS) {
      rest = 0;
    } else {
      rest = busy ? most : Math.max(0, rest - most / STEPS_BACK);
    }
  }

  /** What a thread has journaled. */
  interface Journaled {
    /** Waits until it is applied. */
    void await() throws InterruptedException;
  }

  /** For one thread of a run. */
  Worker worker() {
    return new Worker();
  }

  /** One thread's. */
  final class Worker {
    private long sinceNanos = time.nanoTime();
    private long owedNanos;

    /**
     * A page was compared, or an entry journaled: rests if it is time to.
     *
     * @param journaled is waited for first, as it is work too
     */
    void worked(Journaled journaled) throws InterruptedException {
      sample();
      double share = rest;
      if (share > 0) {
        journaled.await();
      }
      long now = time.nanoTime();
      owedNanos = share > 0 ? owedNanos + owed(now - sinceNanos, share) : 0;
      sinceNanos = now;
      if (owedNanos >= LEAST_REST_NANOS) {
        LockSupport.parkNanos(this, owedNanos);
        if (Thread.interrupted()) {
          throw new InterruptedException("a sync was stopped");
        }
        sinceNanos = time.nanoTime();
        owedNanos = 0;
      }
    }

    /** As {@link SyncPace#givesWay}. */
    boolean givesWay() {
      return SyncPace.this.givesWay();
    }

    /** What is owed now, for tests. */
    long owedNanos() {
      return owedNanos;
    }
  }

  private static long owed(long workedNanos, double share) {
    return (long) (share * Math.min(workedNanos, MOST_WORK_NANOS));
  }
}
