package io.cadastre.server.lock;

import io.cadastre.core.path.NamespacePath;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The lock table as plainly as possible: what operations touch, not which keys they lock; every
 * question is answered by looking at everybody. Knows nothing of the real one.
 */
final class LockModel {
  /** An operation that changes the edges of `writes` and relies on those of `reads`. */
  record Operation(
      int id, List<NamespacePath> writes, List<NamespacePath> reads, long arrivedNanos) {
    LockRequest request() {
      LockRequest request = LockRequest.forRead(NamespacePath.ROOT);
      for (NamespacePath path : writes) {
        request = request.and(LockRequest.forWrite(path));
      }
      for (NamespacePath path : reads) {
        request = request.withShared(path);
      }
      return request;
    }

    /** Two operations must not run together if one changes what the other's path goes through. */
    boolean excludes(Operation other) {
      return shutsOut(other) || other.shutsOut(this);
    }

    /** Whether this changes an edge on the way to something that the other one touches. */
    boolean shutsOut(Operation other) {
      return writes.stream()
          .anyMatch(
              write ->
                  other.writes.stream().anyMatch(write::isPrefixOf)
                      || other.reads.stream().anyMatch(write::isPrefixOf));
    }

    /**
     * Whether this, waiting, may be passed for a while by the other: where they meet this one is
     * the exclusive side only. If the other one is exclusive anywhere they meet, it may not pass.
     */
    boolean maybePassedBy(Operation other) {
      return !other.shutsOut(this);
    }
  }

  private final long patienceNanos;
  final List<Operation> holders = new ArrayList<>();
  final List<Operation> waiters = new ArrayList<>();

  LockModel(long patienceNanos) {
    this.patienceNanos = patienceNanos;
  }

  boolean isFree(Operation operation, long nowNanos) {
    for (Operation holder : holders) {
      if (holder.excludes(operation)) {
        return false;
      }
    }
    for (Operation earlier : waiters) {
      if (earlier == operation) {
        return true;
      }
      boolean patient = nowNanos - earlier.arrivedNanos < patienceNanos;
      if (earlier.excludes(operation) && !(patient && earlier.maybePassedBy(operation))) {
        return false;
      }
    }
    return true;
  }

  /** Lets in every waiter that can be let in, those who came first before the others. */
  List<Operation> settle(long nowNanos) {
    List<Operation> granted = new ArrayList<>();
    for (Iterator<Operation> next = waiters.iterator(); next.hasNext(); ) {
      Operation waiter = next.next();
      if (isFree(waiter, nowNanos)) {
        granted.add(waiter);
      }
    }
    // One at a time: who was let in is in the way of those behind.
    List<Operation> really = new ArrayList<>();
    for (Operation waiter : granted) {
      if (isFree(waiter, nowNanos)) {
        waiters.remove(waiter);
        holders.add(waiter);
        really.add(waiter);
      }
    }
    return really;
  }
}
