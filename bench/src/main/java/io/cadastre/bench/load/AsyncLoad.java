package io.cadastre.bench.load;

import io.cadastre.client.MetadataClient;
import io.cadastre.client.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;

/**
 * N callers without threads: each sends its next operation when the last one was answered, from the
 * client's I/O thread. A caller may send batches: then its next batch follows the last answer.
 */
public final class AsyncLoad {
  private final MetadataClient client;
  private final OperationSource source;
  private final int batch;
  private final Histogram latencies = LoadResult.histogram();
  private final CountDownLatch callersLeft;
  private long endNanos;
  private long operations;
  private long errors;
  private Throwable firstError;

  private AsyncLoad(MetadataClient client, OperationSource source, int callers, int batch) {
    this.client = client;
    this.source = source;
    this.batch = batch;
    this.callersLeft = new CountDownLatch(callers);
  }

  /**
   * Runs a load until the time is over or the source is empty, and waits for the last answer.
   *
   * @param batch operations that a caller sends at once; 1: single calls
   */
  public static LoadResult run(
      MetadataClient client, OperationSource source, int callers, int batch, Duration time)
      throws InterruptedException {
    return new AsyncLoad(client, source, callers, batch).run(callers, time);
  }

  private LoadResult run(int callers, Duration time) throws InterruptedException {
    long start = System.nanoTime();
    endNanos = start + time.toNanos();
    for (int i = 0; i < callers; i++) {
      send();
    }
    callersLeft.await();
    long nanos = System.nanoTime() - start;
    synchronized (latencies) {
      return new LoadResult(
          operations, errors, Optional.ofNullable(firstError), nanos, latencies.copy());
    }
  }

  private void send() {
    long start = System.nanoTime();
    if (start - endNanos >= 0) {
      callersLeft.countDown();
      return;
    }
    List<Operation<?>> next = new ArrayList<>(batch);
    for (int i = 0; i < batch; i++) {
      Operation<?> operation = source.next();
      if (operation == null) {
        break;
      }
      next.add(operation);
    }
    if (next.isEmpty()) {
      callersLeft.countDown();
      return;
    }
    AtomicInteger left = new AtomicInteger(next.size());
    for (Operation<?> operation : next) {
      client
          .submit(operation)
          .whenComplete(
              (answer, failure) -> {
                answered(failure);
                if (left.decrementAndGet() == 0) {
                  finished(start);
                  send();
                }
              });
    }
  }

  private void answered(Throwable failure) {
    synchronized (latencies) {
      if (failure == null) {
        operations++;
      } else {
        errors++;
        if (firstError == null) {
          firstError = failure;
        }
      }
    }
  }

  private void finished(long start) {
    long nanos = System.nanoTime() - start;
    synchronized (latencies) {
      latencies.recordValue(Math.min(nanos, latencies.getHighestTrackableValue()));
    }
  }
}
