package io.cadastre.server.rpc;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadMetadataRequest;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.sync.SyncProgress;
import io.cadastre.server.sync.SyncService;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.MetadataExceptions;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Tells a caller how a load is getting on, some times a second, and how it ended. If the caller
 * leaves, the load goes on, but a dry run ends.
 */
final class LoadMetadataStream {
  private static final long PERIOD_MILLIS = 250;

  private final ServerCallStreamObserver<LoadMetadataProgress> client;
  private final LoadMetadataRequest request;
  private final Caller caller;
  private final String node;
  private final AuditLog audit;
  private final long startNanos = System.nanoTime();
  private ScheduledFuture<?> ticks;
  private SyncProgress run;
  private boolean over;

  LoadMetadataStream(
      ServerCallStreamObserver<LoadMetadataProgress> client,
      LoadMetadataRequest request,
      Caller caller,
      String node,
      AuditLog audit) {
    this.client = client;
    this.request = request;
    this.caller = caller;
    this.node = node;
    this.audit = audit;
    client.setOnCancelHandler(this::left);
  }

  synchronized void follow(SyncService.Load load, ScheduledExecutorService timer) {
    run = load.progress();
    stopUnread();
    ticks =
        timer.scheduleWithFixedDelay(
            () -> tick(load.progress()), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    load.done().whenComplete((progress, failure) -> finish(load.progress(), failure));
  }

  private synchronized void tick(SyncProgress progress) {
    if (!over && client.isReady()) {
      client.onNext(message(progress).build());
    } else if (over) {
      // Nobody reads them any more, and the run must not wait for that.
      progress.takeDifferences();
    }
  }

  private LoadMetadataProgress.Builder message(SyncProgress progress) {
    return progress
        .toProto()
        .addAllDifferences(progress.takeDifferences())
        .setServed(ServedAt.newBuilder().setNode(node));
  }

  private synchronized void finish(SyncProgress progress, Throwable failure) {
    ticks.cancel(false);
    String result = progress.isClean() ? "OK" : "PARTIAL";
    if (failure != null) {
      result = MetadataExceptions.unwrap(failure).code().name();
    }
    audit.write(caller, "load_metadata", request.getPath(), result, System.nanoTime() - startNanos);
    if (over) {
      return;
    }
    over = true;
    LoadMetadataProgress.Builder last = message(progress).setFinished(true);
    if (failure != null) {
      last.setError(ErrorInfos.toProto(MetadataExceptions.unwrap(failure)));
    }
    client.onNext(last.build());
    client.onCompleted();
  }

  synchronized void fail(MetadataException error) {
    over = true;
    audit.write(
        caller,
        "load_metadata",
        request.getPath(),
        error.code().name(),
        System.nanoTime() - startNanos);
    // Not "finished": nothing has begun, so the client may try elsewhere.
    client.onNext(LoadMetadataProgress.newBuilder().setError(ErrorInfos.toProto(error)).build());
    client.onCompleted();
  }

  private synchronized void left() {
    over = true;
    stopUnread();
  }

  /** What a dry run finds is of use to nobody else. */
  private void stopUnread() {
    if (over && run != null && request.getDryRun()) {
      run.cancel();
    }
  }
}
