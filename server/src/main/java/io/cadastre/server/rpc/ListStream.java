package io.cadastre.server.rpc;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.ListPage;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.namespace.listing.Listing;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.MetadataExceptions;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends the pages of one listing as fast as the client takes them, on the scan pool; holds no
 * thread while it waits.
 */
final class ListStream {
  /** Opens the listing, behind the read gate. */
  interface Opener {
    CompletableFuture<Listing> open();
  }

  private final ServerCallStreamObserver<byte[]> client;
  private final ListRequest request;
  private final Caller caller;
  private final Executor scans;
  private final AuditLog audit;
  private final long startNanos = System.nanoTime();
  private final AtomicInteger pumping = new AtomicInteger();
  private volatile Listing listing;
  private boolean over;

  ListStream(
      ServerCallStreamObserver<byte[]> client,
      ListRequest request,
      Caller caller,
      Executor scans,
      AuditLog audit) {
    this.client = client;
    this.request = request;
    this.caller = caller;
    this.scans = scans;
    this.audit = audit;
    client.setOnReadyHandler(this::schedule);
    client.setOnCancelHandler(this::schedule);
  }

  void start(Opener opener) {
    try {
      scans.execute(
          () -> {
            try {
              opener
                  .open()
                  .whenComplete(
                      (opened, failure) -> {
                        if (failure != null) {
                          fail(MetadataExceptions.unwrap(failure));
                        } else {
                          listing = opened;
                          opened.onOverdue(this::schedule);
                          schedule();
                        }
                      });
            } catch (RuntimeException e) {
              fail(MetadataExceptions.unwrap(e));
            }
          });
    } catch (RejectedExecutionException e) {
      fail(MetadataExceptions.unwrap(e));
    }
  }

  /** Has it pumped. Nothing yet while it is not open: the opener comes by here with the listing. */
  private void schedule() {
    Listing open = listing;
    if (open != null && pumping.getAndIncrement() == 0) {
      try {
        scans.execute(this::pump);
      } catch (RejectedExecutionException e) {
        refused(open, e);
      }
    }
  }

  /** Nobody would come back for it, so that it ends here. */
  private void refused(Listing open, RejectedExecutionException e) {
    try {
      if (!over) {
        end(open);
        fail(MetadataExceptions.unwrap(e));
      }
    } finally {
      pumping.set(0);
    }
  }

  private void pump() {
    int seen;
    do {
      seen = pumping.get();
      sendPages();
    } while (!pumping.compareAndSet(seen, 0));
  }

  private void sendPages() {
    Listing open = listing;
    if (open == null || over) {
      return;
    }
    try {
      while (!client.isCancelled()) {
        // First of all: a client that takes nothing more may not keep the view either.
        if (!open.isLive()) {
          throw new MetadataException(
              ErrorCode.VIEW_EXPIRED, "The listing took longer than a view may be held");
        }
        if (!client.isReady()) {
          return;
        }
        client.onNext(open.nextPage());
        if (open.isComplete()) {
          end(open);
          client.onCompleted();
          audit("OK");
          return;
        }
      }
      end(open);
      audit("LEFT");
    } catch (RuntimeException e) {
      end(open);
      fail(MetadataExceptions.unwrap(e));
    }
  }

  private void end(Listing open) {
    over = true;
    open.close();
  }

  /** Errors travel as a page, like those of other calls. */
  private void fail(MetadataException error) {
    audit(error.code().name());
    if (!client.isCancelled()) {
      client.onNext(
          ListPage.newBuilder().setError(ErrorInfos.toProto(error)).build().toByteArray());
      client.onCompleted();
    }
  }

  private void audit(String result) {
    audit.write(caller, "list", request.getPath(), result, System.nanoTime() - startNanos);
  }
}
