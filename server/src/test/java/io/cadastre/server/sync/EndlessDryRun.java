package io.cadastre.server.sync;

import io.cadastre.core.api.proto.Difference;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.concurrent.CompletableFuture;

/** A dry run that finds more and more, on a thread of its own, until nobody wants the rest. */
public final class EndlessDryRun {
  private static final Difference FOUND = Difference.newBuilder().setPath("/m/found").build();

  private final SyncProgress progress = new SyncProgress();
  private final CompletableFuture<SyncProgress> done = new CompletableFuture<>();

  /** Begins it. */
  public SyncService.Load start() {
    Thread thread = new Thread(this::run, "endless-dry-run");
    thread.setDaemon(true);
    thread.start();
    return new SyncService.Load(progress, done);
  }

  private void run() {
    try {
      while (true) {
        progress.difference(FOUND);
      }
    } catch (InterruptedException e) {
      done.completeExceptionally(
          new MetadataException(ErrorCode.NOT_LEADER, "as a run that ends does"));
    }
  }
}
