package io.cadastre.server.rpc;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.DiffPage;
import io.cadastre.core.api.proto.DiffRequest;
import io.cadastre.core.api.proto.Difference;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.sync.DifferenceListener;
import io.cadastre.server.sync.SyncService;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.MetadataExceptions;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Sends what a comparison finds as fast as the client takes it. The comparison waits for the
 * client, in bounded memory, and ends if the client leaves or takes nothing for a minute. Called by
 * the run's threads and the network's.
 */
final class DiffStream implements DifferenceListener {
  private static final int MOST_WAITING = 2_000;
  private static final int PAGE = 500;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ServerCallStreamObserver<DiffPage> client;
  private final DiffRequest request;
  private final Caller caller;
  private final ServedAt served;
  private final AuditLog audit;
  private final long startNanos = System.nanoTime();
  // Guarded by this.
  private final Deque<Difference> waiting = new ArrayDeque<>();
  private DiffPage last;
  private boolean over;

  DiffStream(
      ServerCallStreamObserver<DiffPage> client,
      DiffRequest request,
      Caller caller,
      String node,
      AuditLog audit) {
    this.client = client;
    this.request = request;
    this.caller = caller;
    this.served = ServedAt.newBuilder().setNode(node).build();
    this.audit = audit;
    client.setOnReadyHandler(this::send);
    client.setOnCancelHandler(this::left);
  }

  /** Ends the stream when the comparison has ended. */
  void follow(SyncService.Load load) {
    load.done().whenComplete((progress, failure) -> finish(load, failure));
  }

  @Override
  public void found(Difference difference) throws InterruptedException {
    synchronized (this) {
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (!over && waiting.size() >= MOST_WAITING) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          fail(
              new MetadataException(
                  ErrorCode.DEADLINE_EXCEEDED,
                  "The comparison was given up: its reader took nothing for a minute"));
        } else {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        }
      }
      if (over) {
        throw new InterruptedException("nobody reads the differences any more");
      }
      waiting.add(difference);
    }
    send();
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
      audit(load.progress().isClean() ? "OK" : ErrorCode.PARTIAL.name());
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
    audit(error.code().name());
    client.onNext(DiffPage.newBuilder().setError(ErrorInfos.toProto(error)).build());
    client.onCompleted();
  }

  private synchronized void left() {
    if (!over) {
      over = true;
      waiting.clear();
      notifyAll();
      audit("LEFT");
    }
  }

  private void audit(String result) {
    audit.write(caller, "diff", request.getPath(), result, System.nanoTime() - startNanos);
  }
}
