package io.cadastre.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Moves the completion of a future to another thread, keeping its error as it is. */
final class Completion {
  private Completion() {}

  /** A future that gets the same value or error on the executor; here, if that refuses. */
  static <T> CompletableFuture<T> on(Executor executor, CompletableFuture<T> source) {
    CompletableFuture<T> target = new CompletableFuture<>();
    source.whenComplete(
        (value, error) -> {
          try {
            executor.execute(() -> complete(target, value, error));
          } catch (RejectedExecutionException e) {
            complete(target, value, error);
          }
        });
    return target;
  }

  private static <T> void complete(CompletableFuture<T> target, T value, Throwable error) {
    if (error == null) {
      target.complete(value);
    } else {
      target.completeExceptionally(error);
    }
  }
}
