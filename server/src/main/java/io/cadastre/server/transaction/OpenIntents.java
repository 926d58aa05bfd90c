package io.cadastre.server.transaction;

import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.server.lock.LockedPaths;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The intents of one leadership that are journaled and not ended: how many, and those whose outcome
 * has to be found out. As many as calls in progress, plus those that earlier leaders left.
 * Thread-safe.
 */
public final class OpenIntents {
  private final AtomicInteger open = new AtomicInteger();
  private final Set<UnsettledIntent> unsettled = ConcurrentHashMap.newKeySet();

  /** An intent of this term was applied. */
  void opened() {
    open.incrementAndGet();
  }

  /** An intent of this term was ended. */
  void ended() {
    open.decrementAndGet();
  }

  /**
   * Takes over an intent that an earlier leader left open.
   *
   * @param patientUntilNanos until when that leader's requests may still reach the store
   */
  public void inherit(OpenIntent intent, LockedPaths held, long patientUntilNanos) {
    opened();
    unsettled.add(
        new UnsettledIntent(
            intent,
            held,
            new CompletableFuture<>(),
            patientUntilNanos,
            "left open by an earlier leader"));
  }

  void settleLater(UnsettledIntent intent) {
    unsettled.add(intent);
  }

  /** Those that may be tried now; the caller calls {@code again} or ends each. */
  public List<UnsettledIntent> takeDue() {
    long now = System.nanoTime();
    return unsettled.stream().filter(intent -> intent.begin(now)).toList();
  }

  /** The outcome is known and journaled: frees the locks and answers who waits. */
  void settled(UnsettledIntent intent, Applied applied, MetadataException failure) {
    unsettled.remove(intent);
    ended();
    intent.held().close();
    if (failure == null) {
      intent.answer().complete(applied);
    } else {
      intent.answer().completeExceptionally(failure);
    }
  }

  /** Intents that are not ended. */
  public int open() {
    return open.get();
  }

  /** Those whose outcome is not known. */
  public List<UnsettledIntent> unsettled() {
    return List.copyOf(unsettled);
  }
}
