package io.cadastre.client;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.DiffPage;
import io.cadastre.core.api.proto.DiffRequest;
import io.cadastre.core.api.proto.Difference;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** One run of {@link MetadataClient#diff}. For one thread, which blocks. */
final class DiffCall {
  /** A comparison may go on for days; while its master says that it leads, it is waited for. */
  private static final Duration WITHOUT_END = Duration.ofDays(365);

  private static final int PREFETCH = 4;

  private final CallEngine engine;
  private final CallSettings call;
  private final DiffRequest request;
  private final RetryPolicy backoff;
  private boolean begun;

  DiffCall(CallEngine engine, CallSettings call, String path, boolean recursive) {
    this.engine = engine;
    this.call = call;
    this.backoff =
        new RetryPolicy(engine.settings().retry(), () -> ThreadLocalRandom.current().nextDouble());
    this.request =
        DiffRequest.newBuilder()
            .setPath(path)
            .setCaller(call.caller())
            .setRecursive(recursive)
            .setClusterId(engine.settings().clusterId())
            .build();
  }

  LoadMetadataProgress run(Consumer<Difference> differences) {
    long end = System.nanoTime() + call.timeout().toNanos();
    for (int attempt = 1; ; attempt++) {
      try (LeaderStream<DiffRequest, DiffPage> stream =
          new LeaderStream<>(engine, call, MetadataServiceGrpc.getDiffMethod())) {
        try {
          Duration remaining = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
          stream.open(request, PREFETCH, remaining);
          return follow(stream, differences);
        } catch (MetadataException e) {
          // What was told already would be told again.
          boolean again = stream.failed(e) && !begun;
          long pause = backoff.backoff(attempt, 1);
          if (!again || System.nanoTime() + pause - end >= 0) {
            throw begun ? brokeOff(e) : e;
          }
          LeaderStream.pause(pause);
        }
      }
    }
  }

  private LoadMetadataProgress follow(
      LeaderStream<DiffRequest, DiffPage> stream, Consumer<Difference> differences) {
    while (true) {
      Optional<DiffPage> received = stream.take(WITHOUT_END);
      if (received.isEmpty()) {
        throw new MetadataException(
            ErrorCode.UNAVAILABLE, "The master ended the comparison before its last page");
      }
      DiffPage page = received.get();
      if (page.hasError()) {
        throw ErrorInfos.toException(page.getError());
      }
      begun = true;
      page.getDifferencesList().forEach(differences);
      if (page.getLast()) {
        return page.getSummary();
      }
    }
  }

  private static MetadataException brokeOff(MetadataException error) {
    return error.code().retry() == ErrorCode.Retry.ELSEWHERE
        ? new MetadataException(
                ErrorCode.UNAVAILABLE, "The comparison broke off; what was told so far is not all")
            .with("last error", error.code() + ": " + error.getMessage())
        : error;
  }
}
