package io.cadastre.journal.raft;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ratis' callbacks, which come under its locks and from many threads, into a clean sequence
 * of events on one thread. The volatile flag falls at once when leadership is lost, so that nothing
 * is started meanwhile.
 */
final class RoleManager implements AutoCloseable {
  private final ExecutorService thread;
  private final String self;
  private final LeadershipListener listener;
  private final FatalHandler fatal;
  private volatile long leadingTerm;
  // Leadership of this and of all earlier terms is lost for good. Guarded by this.
  private long lostTerm;
  private boolean told;

  RoleManager(String self, LeadershipListener listener, FatalHandler fatal) {
    this.self = self;
    this.listener = listener;
    this.fatal = fatal;
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread created = new Thread(task, self + "-role");
              created.setDaemon(true);
              return created;
            });
  }

  /** The term in which this node leads and may serve, or 0. */
  long leadingTerm() {
    return leadingTerm;
  }

  /**
   * This node has applied everything that was acknowledged before its term. Comes through the
   * applier's queue, so leadership of the term may be lost already: then it is too late.
   */
  void leaderReady(long term) {
    synchronized (this) {
      if (term <= lostTerm) {
        return;
      }
      leadingTerm = term;
    }
    run(
        () -> {
          if (told) {
            told = false;
            listener.notLeading();
          }
          if (leadingTerm == term) {
            told = true;
            listener.leading(term);
          }
        });
  }

  /**
   * This node does not lead.
   *
   * @param currentTerm its term at this moment; if it leads again, it will be in a later one
   */
  void notLeader(long currentTerm) {
    synchronized (this) {
      lostTerm = Math.max(lostTerm, currentTerm);
      if (leadingTerm > lostTerm) {
        return;
      }
      leadingTerm = 0;
    }
    run(
        () -> {
          if (told && leadingTerm == 0) {
            told = false;
            listener.notLeading();
          }
        });
  }

  /** Another node, or this one, was elected in this term. */
  void leaderChanged(String node, long currentTerm) {
    if (!node.equals(self)) {
      notLeader(currentTerm);
    }
    run(() -> listener.leaderChanged(node));
  }

  private void run(Runnable event) {
    try {
      thread.execute(
          () -> {
            try {
              event.run();
            } catch (Throwable e) {
              fatal.halt("Cannot change the role of this master", e);
            }
          });
    } catch (RejectedExecutionException e) {
      // Closing: nobody cares about roles any more.
      leadingTerm = 0;
    }
  }

  /** Ends a leadership that is still on, and waits until the listener has been told. */
  @Override
  public void close() {
    notLeader(Long.MAX_VALUE);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
