package io.cadastre.ufs.decorate;

import io.cadastre.core.time.TimeSource;
import io.cadastre.ufs.decorate.CircuitBreaker.Outcome;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.List;
import java.util.function.Supplier;

/**
 * Leaves a store alone that has not answered several times in a row, so that callers are told at
 * once and do not each wait for a deadline. One request tries it now and then; while it does not
 * answer either, the pauses between such tries double.
 *
 * <p>A store has not answered if a request ended UNAVAILABLE before its deadline, or ended
 * UNAVAILABLE or UNKNOWN after having been waited for. Anything that the store itself says, a
 * refusal too, is an answer. What a caller in a hurry gave up, a mount's own limit, an error at
 * once and a listing that was only opened are neither.
 */
public final class BreakerUnderFileSystem extends ForwardingUnderFileSystem {
  private final CircuitBreaker breaker;
  private final TimeSource time;
  private final long patienceNanos;

  public BreakerUnderFileSystem(
      UnderFileSystem store, BreakerSettings settings, TimeSource time, BreakerObserver observer) {
    super(store);
    this.breaker = new CircuitBreaker(store.uriOf(""), settings, time, observer);
    this.time = time;
    this.patienceNanos = settings.patience().toNanos();
  }

  /** Whether requests fail without being sent. */
  public boolean isOpen() {
    return breaker.isOpen();
  }

  private <T> T guarded(StoreDeadline deadline, Supplier<T> request) {
    return guarded(deadline, Outcome.ANSWERED, request);
  }

  /** Some stores are not asked before the first page: that a listing was opened says nothing. */
  private <T> T opened(StoreDeadline deadline, Supplier<T> listing) {
    return guarded(deadline, Outcome.NEITHER, listing);
  }

  private <T> T guarded(StoreDeadline deadline, Outcome whenDone, Supplier<T> request) {
    boolean probe = breaker.admit();
    long start = time.nanoTime();
    Outcome outcome = Outcome.NEITHER;
    String message = "";
    try {
      T answer = request.get();
      if (answer instanceof StoreLookup.Unknown unknown) {
        message = unknown.reason();
        outcome = outcome(unknown.cause(), start, deadline);
      } else {
        outcome = whenDone;
      }
      return answer;
    } catch (UfsException e) {
      message = e.getMessage();
      outcome = outcome(e, start, deadline);
      throw e;
    } finally {
      breaker.ended(probe, outcome, message);
    }
  }

  private Outcome outcome(UfsException failure, long start, StoreDeadline deadline) {
    if (failure.kind() != Kind.UNAVAILABLE && failure.kind() != Kind.UNKNOWN) {
      return Outcome.ANSWERED;
    }
    if (failure.getCause() instanceof RequestRate.LimitReachedException) {
      return Outcome.NEITHER;
    }
    boolean waitedFor = time.nanoTime() - start >= patienceNanos;
    boolean notSent = failure.kind() == Kind.UNAVAILABLE && !deadline.expired();
    return waitedFor || notSent ? Outcome.FAILED : Outcome.NEITHER;
  }

  @Override
  public String rootIdentity(StoreDeadline deadline) {
    return guarded(deadline, () -> store.rootIdentity(deadline));
  }

  @Override
  public StoreLookup status(String path, StoreDeadline deadline) {
    try {
      return guarded(deadline, () -> store.status(path, deadline));
    } catch (UfsException e) {
      return StoreLookup.unknown(e);
    }
  }

  @Override
  public UfsListing list(String path, String startAfter, StoreDeadline deadline) {
    UfsListing listing = opened(deadline, () -> store.list(path, startAfter, deadline));
    return new UfsListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        return guarded(deadline, () -> listing.next(deadline));
      }

      @Override
      public void close() {
        listing.close();
      }
    };
  }

  @Override
  public UfsFlatListing listFlat(
      String path, String startAfter, String endAt, StoreDeadline deadline) {
    UfsFlatListing listing =
        opened(deadline, () -> store.listFlat(path, startAfter, endAt, deadline));
    return new UfsFlatListing() {
      @Override
      public Page next(StoreDeadline deadline) {
        return guarded(deadline, () -> listing.next(deadline));
      }

      @Override
      public void close() {
        listing.close();
      }
    };
  }

  @Override
  public List<String> splitPoints(String path, int ranges, StoreDeadline deadline) {
    return guarded(deadline, () -> store.splitPoints(path, ranges, deadline));
  }

  @Override
  public UfsStatus createDirectory(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return guarded(deadline, () -> store.createDirectory(path, attributes, deadline));
  }

  @Override
  public UfsStatus createFile(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return guarded(deadline, () -> store.createFile(path, attributes, deadline));
  }

  @Override
  public void delete(String path, String expectedFingerprint, StoreDeadline deadline) {
    run(deadline, () -> store.delete(path, expectedFingerprint, deadline));
  }

  @Override
  public void deleteRecursive(String path, StoreDeadline deadline) {
    run(deadline, () -> store.deleteRecursive(path, deadline));
  }

  @Override
  public UfsStatus rename(
      String source, String destination, String expectedFingerprint, StoreDeadline deadline) {
    return guarded(
        deadline, () -> store.rename(source, destination, expectedFingerprint, deadline));
  }

  @Override
  public UfsStatus setAttributes(String path, UfsAttributes attributes, StoreDeadline deadline) {
    return guarded(deadline, () -> store.setAttributes(path, attributes, deadline));
  }

  private void run(StoreDeadline deadline, Runnable request) {
    guarded(
        deadline,
        () -> {
          request.run();
          return true;
        });
  }
}
