package io.cadastre.server.sync;

import io.cadastre.core.api.proto.Difference;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.SyncFailure;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.ufs.spi.StoreRequests;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** What a run has done so far. Written by the run, read by anyone. */
public final class SyncProgress {
  private static final int MOST_FAILURES = 1_000;
  private static final int MOST_DIFFERENCES = 10_000;

  /** What a store says as long as nobody does something about it. */
  private static final List<ErrorCode> LASTING =
      List.of(ErrorCode.STORE_REFUSED, ErrorCode.STORE_ROOT_CHANGED);

  final LongAdder directories = new LongAdder();
  final LongAdder files = new LongAdder();
  final LongAdder created = new LongAdder();
  final LongAdder updated = new LongAdder();
  final LongAdder replaced = new LongAdder();
  final LongAdder deleted = new LongAdder();
  final LongAdder unchanged = new LongAdder();
  final LongAdder skipped = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder listings = new LongAdder();
  final LongAdder lookups = new LongAdder();
  volatile long queued;
  private final long startNanos = System.nanoTime();
  private final List<SyncFailure> failures = new ArrayList<>();
  private List<String> differences = new ArrayList<>();
  private volatile String condition = "";
  private long blocking;
  private final Set<String> blockingCodes = new HashSet<>();
  private final DifferenceListener listener;
  private volatile boolean cancelled;
  private volatile long expectedDirectories;
  private volatile UnderFileSystem store;
  private volatile StoreRequests before = StoreRequests.NONE;
  private volatile StoreRequests after;

  SyncProgress() {
    this.listener = difference -> waiting(text(difference));
  }

  /**
   * @param listener told of what a dry run finds, instead of keeping it for {@link
   *     #takeDifferences}
   */
  SyncProgress(DifferenceListener listener) {
    this.listener = listener;
  }

  /** Stops the run before its next directory; it writes no deletes and marks no subtree. */
  public synchronized void cancel() {
    cancelled = true;
    notifyAll();
  }

  /** What goes to this store from here on is counted. */
  void asks(UnderFileSystem asked) {
    before = asked.requests();
    store = asked;
  }

  /** And nothing any more. */
  void asked() {
    after = store.requests();
  }

  private StoreRequests sent() {
    UnderFileSystem asked = store;
    StoreRequests end = after;
    return asked == null
        ? StoreRequests.NONE
        : (end == null ? asked.requests() : end).since(before);
  }

  /** Requests that went to the mount's store meanwhile, for whomever; only kinds that did. */
  Map<String, Long> requests() {
    StoreRequests sent = sent();
    Map<String, Long> requests = new HashMap<>();
    for (StoreRequests.Kind kind : StoreRequests.Kind.values()) {
      if (sent.of(kind) > 0) {
        requests.put(kind.name(), sent.of(kind));
      }
    }
    return requests;
  }

  /** Their estimated price; 0 if none is known. */
  double priceDollars() {
    UnderFileSystem asked = store;
    return asked == null ? 0 : asked.prices().dollars(sent());
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** How many directories there were when this was last compared; 0: not known. */
  void expect(long directoryCount) {
    expectedDirectories = directoryCount;
  }

  /** Something could not be read or applied: counted and named. */
  synchronized void fail(String path, String code, String message) {
    blocking++;
    blockingCodes.add(code);
    add(path, code, message);
  }

  /** One entry of a directory could not be read; the rest of the directory could. */
  void unreadable(String path, String code, String message) {
    add(path, code, message);
  }

  private synchronized void add(String path, String code, String message) {
    failed.increment();
    if (failures.size() < MOST_FAILURES) {
      failures.add(
          SyncFailure.newBuilder().setPath(path).setCode(code).setMessage(message).build());
    }
  }

  /** Whether more than single entries failed: the path that was asked for could not be compared. */
  public synchronized boolean isBlocked() {
    return blocking > 0;
  }

  /**
   * The error of a caller whose path could not be compared: whether asking again may help, that is,
   * unless all that failed will fail again.
   */
  synchronized ErrorCode blockedCode() {
    for (ErrorCode lasting : LASTING) {
      if (blockingCodes.equals(Set.of(lasting.name()))) {
        return lasting;
      }
    }
    return ErrorCode.STORE_UNAVAILABLE;
  }

  /** Whether nothing at all could be compared. */
  boolean isFruitless() {
    return isBlocked() && directories.sum() == 0;
  }

  /** A dry run has found something; may wait until somebody has room for it. */
  void difference(Difference difference) throws InterruptedException {
    listener.found(difference);
  }

  /** `create /a`, `delete /b`, ... */
  private static String text(Difference difference) {
    String what =
        switch (difference.getKind()) {
          case ONLY_IN_STORE -> "create";
          case ONLY_IN_NAMESPACE -> "delete";
          case OTHER_KIND -> "replace";
          default -> "update";
        };
    return what + " " + difference.getPath();
  }

  /**
   * Waits for room, so that a dry run over a large tree stays in bounded memory. Whoever takes what
   * is found sees to it that this ends: by taking it, or by {@link #cancel}.
   *
   * @throws InterruptedException if the run was cancelled: nobody wants the rest
   */
  private synchronized void waiting(String text) throws InterruptedException {
    while (differences.size() >= MOST_DIFFERENCES && !cancelled) {
      wait();
    }
    if (cancelled) {
      throw new InterruptedException("nobody reads the differences any more");
    }
    differences.add(text);
  }

  /** Takes what was found since the last call. */
  public synchronized List<String> takeDifferences() {
    List<String> taken = differences;
    differences = new ArrayList<>();
    notifyAll();
    return taken;
  }

  void condition(String text) {
    condition = text;
  }

  /** Deletes are held back; empty when not. */
  public String condition() {
    return condition;
  }

  public boolean isClean() {
    return failed.sum() == 0 && condition.isEmpty();
  }

  /** The first failures, at most 1,000. */
  synchronized List<SyncFailure> failures() {
    return List.copyOf(failures);
  }

  /** The first failure's text; empty if nothing failed. */
  public synchronized String firstFailure() {
    return failures.isEmpty()
        ? ""
        : failures.get(0).getPath() + ": " + failures.get(0).getMessage();
  }

  /** Whether anything in the namespace was changed. */
  public boolean changedAnything() {
    return created.sum() + updated.sum() + replaced.sum() + deleted.sum() > 0;
  }

  long elapsedMillis() {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }

  /** A message for the caller. */
  public LoadMetadataProgress.Builder toProto() {
    LoadMetadataProgress.Builder proto =
        LoadMetadataProgress.newBuilder()
            .setDirectories(directories.sum())
            .setFiles(files.sum())
            .setCreated(created.sum())
            .setUpdated(updated.sum())
            .setReplaced(replaced.sum())
            .setDeleted(deleted.sum())
            .setUnchanged(unchanged.sum())
            .setSkipped(skipped.sum())
            .setFailed(failed.sum())
            .setStoreListings(listings.sum())
            .setStoreLookups(lookups.sum())
            .setQueuedDirectories(queued)
            .setCondition(condition)
            .setExpectedDirectories(expectedDirectories)
            .setElapsedMillis(elapsedMillis())
            .putAllRequests(requests())
            .setPriceDollars(priceDollars());
    synchronized (this) {
      proto.addAllFailures(failures);
    }
    return proto;
  }
}
