package io.cadastre.ufs.s3;

import io.cadastre.ufs.spi.DaemonThreads;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A few threads for requests of one call that need not wait for each other. Thread-safe. */
final class RequestThreads implements AutoCloseable {
  private static final long IDLE_SECONDS = 30;

  private final ExecutorService threads;

  /**
   * @param most requests under way at once, for all calls
   */
  RequestThreads(String name, int most) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            most,
            most,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            DaemonThreads.named(name));
    pool.allowCoreThreadTimeOut(true);
    this.threads = pool;
  }

  /**
   * Sends all, and waits for all answers, which come in the order of the requests.
   *
   * @throws UfsException that of the first request that failed; those behind it may not have been
   *     sent
   */
  <T> List<T> all(List<Callable<T>> requests) {
    List<Future<T>> running = new ArrayList<>();
    requests.forEach(request -> running.add(threads.submit(request)));
    List<T> answers = new ArrayList<>();
    UfsException failure = null;
    for (Future<T> request : running) {
      try {
        if (failure == null) {
          answers.add(request.get());
        } else {
          request.cancel(true);
        }
      } catch (ExecutionException e) {
        failure =
            e.getCause() instanceof UfsException known
                ? known
                : new UfsException(Kind.UNKNOWN, "A request failed: " + e.getCause(), e.getCause());
      } catch (InterruptedException e) {
        request.cancel(true);
        Thread.currentThread().interrupt();
        failure = new UfsException(Kind.UNKNOWN, "Interrupted while requests were under way", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return answers;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
