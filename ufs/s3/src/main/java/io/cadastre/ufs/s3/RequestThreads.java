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
import java.util.concurrent.atomic.AtomicBoolean;

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
   * Sends all, and waits for all answers, which come in the order of the requests. When one fails,
   * those that are under way are waited for too, so that none arrives later, unless this thread is
   * interrupted.
   *
   * @throws UfsException that of the first request that failed; those behind it may not have been
   *     sent
   */
  <T> List<T> all(List<Callable<T>> requests) {
    AtomicBoolean over = new AtomicBoolean();
    List<Future<T>> running = new ArrayList<>();
    requests.forEach(
        request -> running.add(threads.submit(() -> over.get() ? null : request.call())));
    List<T> answers = new ArrayList<>();
    UfsException failure = null;
    for (Future<T> request : running) {
      try {
        answers.add(request.get());
      } catch (ExecutionException e) {
        over.set(true);
        failure = failure == null ? failed(e.getCause()) : failure;
      } catch (InterruptedException e) {
        over.set(true);
        running.forEach(other -> other.cancel(true));
        Thread.currentThread().interrupt();
        throw new UfsException(Kind.UNKNOWN, "Interrupted while requests were under way", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return answers;
  }

  private static UfsException failed(Throwable cause) {
    return cause instanceof UfsException known
        ? known
        : new UfsException(Kind.UNKNOWN, "A request failed: " + cause, cause);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
