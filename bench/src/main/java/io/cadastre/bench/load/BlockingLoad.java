package io.cadastre.bench.load;

import io.cadastre.client.MetadataClient;
import io.cadastre.client.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** N callers that are threads, each of which waits for its answer, as most programs do. */
public final class BlockingLoad {
  private BlockingLoad() {}

  /** What one caller does again and again. */
  public interface Call {
    /**
     * Does it once.
     *
     * @return how many operations (or entries) that was; -1: there is nothing left to do
     */
    long once();
  }

  /** Single calls from this many threads, until the time is over or the source is empty. */
  public static LoadResult run(
      MetadataClient client, OperationSource source, int callers, Duration time)
      throws InterruptedException {
    return run(
        () -> {
          Operation<?> next = source.next();
          if (next == null) {
            return -1;
          }
          client.call(next);
          return 1;
        },
        callers,
        time);
  }

  /** Runs the call on this many threads. */
  public static LoadResult run(Call call, int callers, Duration time) throws InterruptedException {
    List<Caller> all = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < callers; i++) {
      all.add(new Caller(call, start + time.toNanos(), "caller-" + i));
    }
    all.forEach(Thread::start);
    Histogram latencies = LoadResult.histogram();
    long operations = 0;
    long errors = 0;
    Optional<Throwable> firstError = Optional.empty();
    for (Caller caller : all) {
      caller.join();
      operations += caller.operations;
      errors += caller.error == null ? 0 : 1;
      firstError = firstError.or(() -> Optional.ofNullable(caller.error));
      latencies.add(caller.latencies);
    }
    return new LoadResult(operations, errors, firstError, System.nanoTime() - start, latencies);
  }

  /** Stops at its first error. */
  private static final class Caller extends Thread {
    private final Call call;
    private final long endNanos;
    private final Histogram latencies = LoadResult.histogram();
    private long operations;
    private Throwable error;

    Caller(Call call, long endNanos, String name) {
      super(name);
      this.call = call;
      this.endNanos = endNanos;
    }

    @Override
    public void run() {
      try {
        for (long now = System.nanoTime(); now - endNanos < 0; ) {
          long done = call.once();
          if (done < 0) {
            return;
          }
          long after = System.nanoTime();
          latencies.recordValue(Math.min(after - now, latencies.getHighestTrackableValue()));
          operations += done;
          now = after;
        }
      } catch (RuntimeException e) {
        error = e;
      }
    }
  }
}
