package io.cadastre.bench.load;

import io.cadastre.client.MetadataClient;
import io.cadastre.client.Operation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Operations at a fixed rate, whatever the answers do. Latency counts from the moment at which the
 * operation was due, so that a pause of the cluster is seen by all operations that fell into it.
 */
public final class PacedLoad {
  private static final int MOST_OPEN = 8_192;

  private PacedLoad() {}

  /** Runs on the calling thread, and waits for the last answer. */
  public static LoadResult run(
      MetadataClient client, OperationSource source, int perSecond, Duration time)
      throws InterruptedException {
    Histogram latencies = LoadResult.histogram();
    Semaphore open = new Semaphore(MOST_OPEN);
    long[] counts = new long[2];
    Throwable[] firstError = new Throwable[1];
    long start = System.nanoTime();
    long total = perSecond * time.toNanos() / 1_000_000_000;
    for (long i = 0; i < total; i++) {
      long due = start + i * 1_000_000_000 / perSecond;
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      Operation<?> operation = source.next();
      if (operation == null) {
        break;
      }
      open.acquire();
      client
          .submit(operation)
          .whenComplete(
              (answer, failure) -> {
                long nanos = System.nanoTime() - due;
                synchronized (latencies) {
                  latencies.recordValue(Math.min(nanos, latencies.getHighestTrackableValue()));
                  counts[failure == null ? 0 : 1]++;
                  if (failure != null && firstError[0] == null) {
                    firstError[0] = failure;
                  }
                }
                open.release();
              });
    }
    open.acquire(MOST_OPEN);
    synchronized (latencies) {
      return new LoadResult(
          counts[0],
          counts[1],
          Optional.ofNullable(firstError[0]),
          System.nanoTime() - start,
          latencies);
    }
  }
}
