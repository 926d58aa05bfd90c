package io.cadastre.server.rpc;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadMetadataRequest;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.namespace.NamespaceService;
import io.cadastre.server.sync.SyncProgress;
import io.cadastre.server.sync.SyncService;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.MetadataExceptions;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Tells a caller how a load is getting on, some times a second, and how it ended. If the caller
 * leaves, the load goes on, but a dry run ends; so does one whose caller takes nothing for as long
 * as a reader is waited for, or whose term is over. Called by the run's threads and the network's.
 */
final class LoadMetadataStream {
  private static final long PERIOD_MILLIS = 250;

  private final ServerCallStreamObserver<LoadMetadataProgress> client;
  private final LoadMetadataRequest request;
  private final Caller caller;
  private final String node;
  private final AuditLog audit;
  private final long patienceNanos;
  private final long startNanos = System.nanoTime();
  // Guarded by this.
  private ScheduledFuture<?> ticks;
  private SyncProgress run;
  private long takenNanos;
  private boolean over;
  private String givenUp = "";

  /**
   * @param patience how long a reader that takes nothing holds a dry run up
   */
  LoadMetadataStream(
      ServerCallStreamObserver<LoadMetadataProgress> client,
      LoadMetadataRequest request,
      Caller caller,
      String node,
      AuditLog audit,
      Duration patience) {
    this.client = client;
    this.request = request;
    this.caller = caller;
    this.node = node;
    this.audit = audit;
    this.patienceNanos = patience.toNanos();
    client.setOnCancelHandler(this::left);
  }

  synchronized void follow(NamespaceService.FollowedLoad followed, ScheduledExecutorService timer) {
    SyncService.Load load = followed.load();
    run = load.progress();
    takenNanos = System.nanoTime();
    stopUnread();
    ticks =
        timer.scheduleWithFixedDelay(
            () -> tick(followed), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    load.done().whenComplete((progress, failure) -> finish(load.progress(), failure));
  }

  private synchronized void tick(NamespaceService.FollowedLoad followed) {
    if (over) {
      return;
    }
    long now = System.nanoTime();
    if (request.getDryRun() && followed.termOver().getAsBoolean()) {
      giveUp(DiffStream.termOver());
    } else if (client.isReady()) {
      takenNanos = now;
      client.onNext(message(run).build());
    } else if (request.getDryRun() && now - takenNanos >= patienceNanos) {
      giveUp(DiffStream.stoppedReader());
    }
  }

  private void giveUp(MetadataException why) {
    over = true;
    givenUp = why.code().name();
    stopUnread();
    client.onNext(
        run.toProto()
            .setServed(ServedAt.newBuilder().setNode(node))
            .setFinished(true)
            .setError(ErrorInfos.toProto(why))
            .build());
    client.onCompleted();
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
    if (!givenUp.isEmpty()) {
      result = givenUp;
    } else if (failure != null) {
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
    if (!over && request.getDryRun()) {
      givenUp = "LEFT";
    }
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
