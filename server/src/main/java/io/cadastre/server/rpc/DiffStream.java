package io.cadastre.server.rpc;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.DiffPage;
import io.cadastre.core.api.proto.DiffRequest;
import io.cadastre.core.api.proto.Difference;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.namespace.NamespaceService;
import io.cadastre.server.sync.DifferenceListener;
import io.cadastre.server.sync.SyncService;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.MetadataExceptions;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Sends what a comparison finds as fast as the client takes it. The comparison waits for the
 * client, in bounded memory, and ends if the client leaves, takes nothing for as long as a reader
 * is waited for, or the term ends meanwhile. Called by the run's threads and the network's.
 */
final class DiffStream implements DifferenceListener {
  private static final int MOST_WAITING = 2_000;
  private static final int PAGE = 500;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final ServerCallStreamObserver<DiffPage> client;
  private final DiffRequest request;
  private final Caller caller;
  private final ServedAt served;
  private final AuditLog audit;
  private final long patienceNanos;
  private final long startNanos = System.nanoTime();
  // Guarded by this.
  private final Deque<Difference> waiting = new ArrayDeque<>();
  private NamespaceService.FollowedLoad run;
  private DiffPage last;
  private String result = "";
  private boolean over;

  /**
   * @param patience how long a reader that takes nothing holds the comparison up
   */
  DiffStream(
      ServerCallStreamObserver<DiffPage> client,
      DiffRequest request,
      Caller caller,
      String node,
      AuditLog audit,
      Duration patience) {
    this.client = client;
    this.request = request;
    this.caller = caller;
    this.served = ServedAt.newBuilder().setNode(node).build();
    this.audit = audit;
    this.patienceNanos = patience.toNanos();
    client.setOnReadyHandler(this::send);
    client.setOnCancelHandler(this::left);
  }

  /** Ends the stream when the comparison has ended. */
  void follow(NamespaceService.FollowedLoad followed) {
    SyncService.Load load = followed.load();
    synchronized (this) {
      run = followed;
      stopUnread();
    }
    load.done().whenComplete((progress, failure) -> finish(load, failure));
  }

  @Override
  public void found(Difference difference) throws InterruptedException {
    synchronized (this) {
      long end = System.nanoTime() + patienceNanos;
      while (!over && waiting.size() >= MOST_WAITING) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          fail(stoppedReader());
        } else if (run != null && run.termOver().getAsBoolean()) {
          fail(termOver());
        } else {
          TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, LOOK_NANOS));
        }
      }
      if (over) {
        throw new InterruptedException("nobody reads the differences any more");
      }
      waiting.add(difference);
    }
    send();
  }

  /** Why a comparison ends whose reader holds it up. */
  static MetadataException stoppedReader() {
    return new MetadataException(
        ErrorCode.DEADLINE_EXCEEDED,
        "The comparison was given up: its reader has taken nothing of it for too long");
  }

  /** Why one ends that was held up until its leader was deposed. */
  static MetadataException termOver() {
    return new MetadataException(ErrorCode.NOT_LEADER, "This master does not lead any more");
  }

  private synchronized void send() {
    while (!over && client.isReady() && (last != null || !waiting.isEmpty())) {
      DiffPage.Builder page = DiffPage.newBuilder().setServed(served);
      while (!waiting.isEmpty() && page.getDifferencesCount() < PAGE) {
        page.addDifferences(waiting.remove());
      }
      boolean end = last != null && waiting.isEmpty();
      client.onNext(end ? page.mergeFrom(last).build() : page.build());
      if (end) {
        over = true;
        client.onCompleted();
        audit(result);
      }
    }
    notifyAll();
  }

  private void finish(SyncService.Load load, Throwable failure) {
    synchronized (this) {
      if (over) {
        return;
      }
      if (failure != null) {
        fail(MetadataExceptions.unwrap(failure));
        return;
      }
      last =
          DiffPage.newBuilder()
              .setSummary(load.progress().toProto().setFinished(true))
              .setLast(true)
              .build();
      result = load.progress().isClean() ? "OK" : ErrorCode.PARTIAL.name();
    }
    send();
  }

  synchronized void fail(MetadataException error) {
    if (over) {
      return;
    }
    over = true;
    waiting.clear();
    notifyAll();
    stopUnread();
    audit(error.code().name());
    client.onNext(DiffPage.newBuilder().setError(ErrorInfos.toProto(error)).build());
    client.onCompleted();
  }

  private synchronized void left() {
    if (!over) {
      over = true;
      waiting.clear();
      notifyAll();
      stopUnread();
      audit("LEFT");
    }
  }

  /** A run that finds nothing would not see by itself that nobody waits any more. */
  private void stopUnread() {
    if (over && run != null) {
      run.load().progress().cancel();
    }
  }

  private void audit(String how) {
    audit.write(caller, "diff", request.getPath(), how, System.nanoTime() - startNanos);
  }
}
