package io.cadastre.client;

import com.google.protobuf.ByteString;
import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.ListPage;
import io.cadastre.core.api.proto.ListRequest;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The pages of a listing, in key order: {@link MetadataClient#list}. For one thread at a time.
 * Closing it before its end tells the master to stop.
 *
 * <p>A page that does not come within the call's timeout fails with DEADLINE_EXCEEDED. When the
 * stream breaks, it goes on by itself after the last page that was read: with VIEW_EXPIRED if the
 * listing's view is gone, unless {@link ListOptions#allowNewerView}. After an error it is closed;
 * the last page's token resumes it.
 */
public final class ListStream implements Iterator<Page>, AutoCloseable {
  private final CallEngine engine;
  private final CallSettings call;
  private final String path;
  private final ListOptions options;
  private final RetryPolicy backoff;
  private final LeaderStream<ListRequest, ListPage> stream;
  private ByteString token;
  private long delivered;
  private Page next;
  private boolean finished;

  ListStream(CallEngine engine, CallSettings call, String path, ListOptions options) {
    this.engine = engine;
    this.call = call;
    this.path = path;
    this.options = options;
    this.token = options.resumeToken();
    this.backoff =
        new RetryPolicy(engine.settings().retry(), () -> ThreadLocalRandom.current().nextDouble());
    this.stream = new LeaderStream<>(engine, call, MetadataServiceGrpc.getListMethod());
  }

  /**
   * Whether another page follows; waits for it.
   *
   * @throws MetadataException if the listing failed
   */
  @Override
  public boolean hasNext() {
    if (next == null && !finished) {
      try {
        next = fetch();
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }
    return next != null;
  }

  @Override
  public Page next() {
    if (!hasNext()) {
      throw new NoSuchElementException("The listing has ended");
    }
    Page page = next;
    next = null;
    token = page.resumeToken();
    delivered += page.entries().size();
    finished = page.last();
    return page;
  }

  @Override
  public void close() {
    finished = true;
    next = null;
    stream.close();
  }

  private Page fetch() {
    long end = System.nanoTime() + call.timeout().toNanos();
    for (int attempt = 1; ; attempt++) {
      Duration remaining = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
      try {
        if (!stream.isOpen()) {
          stream.open(request(), engine.settings().listPrefetchPages(), remaining);
        }
        return page(stream.take(remaining));
      } catch (MetadataException e) {
        boolean again = stream.failed(e);
        long pause = backoff.backoff(attempt, 1);
        if (!again || System.nanoTime() + pause - end >= 0) {
          throw e;
        }
        LeaderStream.pause(pause);
      }
    }
  }

  private Page page(Optional<ListPage> received) {
    if (received.isEmpty()) {
      throw new MetadataException(
          ErrorCode.UNAVAILABLE, "The listing ended before its last page; list again");
    }
    ListPage page = received.get();
    if (page.hasError()) {
      throw ErrorInfos.toException(page.getError());
    }
    Served served = Served.of(page.getServed(), "");
    engine.seen().saw(served.stateIndex());
    return new Page(
        page.getEntriesList(), served, page.getResumeToken(), page.getNewerView(), page.getLast());
  }

  private ListRequest request() {
    ListRequest.Builder request =
        ListRequest.newBuilder()
            .setPath(path)
            .setCaller(call.caller())
            .setRecursive(options.recursive())
            .setSync(options.read().toProto())
            .setReadLevel(options.read().readLevel())
            .setPageEntries(options.pageEntries())
            .setResumeToken(token)
            .setAllowNewerView(options.allowNewerView())
            .setTimeoutMillis((int) Math.min(call.timeout().toMillis(), Integer.MAX_VALUE))
            .setClusterId(engine.settings().clusterId());
    if (options.limit() > 0) {
      // The limit is one of the whole listing, and the token says how much of it was sent.
      long left = token.isEmpty() ? options.limit() - delivered : options.limit();
      request.setLimit(Math.max(1, left));
    }
    return request.build();
  }
}
