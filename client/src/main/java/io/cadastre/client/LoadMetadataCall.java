package io.cadastre.client;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadMetadataRequest;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** One run of {@link MetadataClient#loadMetadata}. For one thread, which blocks. */
final class LoadMetadataCall {
  /** A load may go on for days; while its master says that it leads, it is waited for. */
  private static final Duration WITHOUT_END = Duration.ofDays(365);

  private static final int PREFETCH = 4;

  private final CallEngine engine;
  private final CallSettings call;
  private final LoadMetadataRequest request;
  private final RetryPolicy backoff;
  private boolean begun;

  LoadMetadataCall(CallEngine engine, CallSettings call, String path, LoadOptions options) {
    this.engine = engine;
    this.call = call;
    this.backoff =
        new RetryPolicy(engine.settings().retry(), () -> ThreadLocalRandom.current().nextDouble());
    this.request =
        LoadMetadataRequest.newBuilder()
            .setPath(path)
            .setCaller(call.caller())
            .setRecursive(options.recursive())
            .setForce(options.force())
            .setOverrideGuard(options.overrideGuard())
            .setDryRun(options.dryRun())
            .setClusterId(engine.settings().clusterId())
            .build();
  }

  LoadMetadataProgress run(Consumer<LoadMetadataProgress> progress) {
    long end = System.nanoTime() + call.timeout().toNanos();
    for (int attempt = 1; ; attempt++) {
      try (LeaderStream<LoadMetadataRequest, LoadMetadataProgress> stream =
          new LeaderStream<>(engine, call, MetadataServiceGrpc.getLoadMetadataMethod())) {
        try {
          Duration remaining = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
          stream.open(request, PREFETCH, remaining);
          return follow(stream, progress);
        } catch (MetadataException e) {
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
      LeaderStream<LoadMetadataRequest, LoadMetadataProgress> stream,
      Consumer<LoadMetadataProgress> progress) {
    while (true) {
      Optional<LoadMetadataProgress> received = stream.take(WITHOUT_END);
      if (received.isEmpty()) {
        throw new MetadataException(
            ErrorCode.UNAVAILABLE, "The master ended the load without a summary");
      }
      LoadMetadataProgress message = received.get();
      boolean refused = message.hasError() && !message.getFinished();
      if (!refused) {
        begun = true;
        engine.seen().saw(message.getServed().getStateIndex());
        progress.accept(message);
      }
      if (message.hasError()) {
        throw ErrorInfos.toException(message.getError());
      }
      if (message.getFinished()) {
        return message;
      }
    }
  }

  /** What was loaded stays; a second run meets fresh directories and skips them. */
  private static MetadataException brokeOff(MetadataException error) {
    return error.code().retry() == ErrorCode.Retry.ELSEWHERE
        ? new MetadataException(
                ErrorCode.UNAVAILABLE, "The load broke off, what it did so far stays; run it again")
            .with("last error", error.code() + ": " + error.getMessage())
        : error;
  }
}
