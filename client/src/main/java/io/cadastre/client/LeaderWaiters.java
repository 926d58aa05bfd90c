package io.cadastre.client;

import io.cadastre.core.error.MetadataException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Threads that wait for a leader outside the pipelined stream (listings, admin calls): at most one
 * entry per blocked thread. For the I/O thread.
 */
final class LeaderWaiters {
  private List<CompletableFuture<Leader>> waiters = new ArrayList<>();

  void add(CompletableFuture<Leader> waiter) {
    waiters.removeIf(CompletableFuture::isDone);
    waiters.add(waiter);
  }

  /** Whether anybody still waits; one who gave up has completed its future itself. */
  boolean waiting() {
    return waiters.stream().anyMatch(waiter -> !waiter.isDone());
  }

  void complete(Leader leader) {
    List<CompletableFuture<Leader>> told = waiters;
    waiters = new ArrayList<>();
    told.forEach(waiter -> waiter.complete(leader));
  }

  void fail(MetadataException error) {
    List<CompletableFuture<Leader>> told = waiters;
    waiters = new ArrayList<>();
    told.forEach(waiter -> waiter.completeExceptionally(error));
  }
}
