package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.mount.MountPoint;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Counts the calls that wait for each store. One that hangs keeps its callers until their time is
 * over: they must not become all the calls that a master takes, or it would hang for everybody.
 * Thread-safe.
 */
final class StoreWaiters {
  private final int most;
  private final Map<Long, Integer> waiting = new ConcurrentHashMap<>();

  /**
   * @param most calls that may wait for the store of one mount
   */
  StoreWaiters(int most) {
    this.most = most;
  }

  /**
   * Lets a call wait for the store of a mount.
   *
   * @return what is asked; or failed with BUSY, and nothing was asked, if too many wait already
   */
  <T> CompletableFuture<T> ask(MountPoint mount, Supplier<CompletableFuture<T>> question) {
    long id = mount.mountId();
    if (waiting.merge(id, 1, Integer::sum) > most) {
      leave(id);
      return CompletableFuture.failedFuture(
          new MetadataException(
              ErrorCode.BUSY, "Too many calls wait for the store of " + mount.path()));
    }
    CompletableFuture<T> answer;
    try {
      answer = question.get();
    } catch (RuntimeException | Error e) {
      leave(id);
      throw e;
    }
    return answer.whenComplete((value, failure) -> leave(id));
  }

  private void leave(long id) {
    waiting.computeIfPresent(id, (key, count) -> count == 1 ? null : count - 1);
  }
}
