package io.cadastre.client;

import io.cadastre.core.api.StatusMapper;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Unary calls to one master or to the leader, wherever it is. Thread-safe; each call blocks. */
final class AdminCalls {
  private final CallEngine engine;
  private final CallSettings settings;
  private final RetryPolicy backoff;

  AdminCalls(CallEngine engine, CallSettings settings) {
    this.engine = engine;
    this.settings = settings;
    this.backoff =
        new RetryPolicy(engine.settings().retry(), () -> ThreadLocalRandom.current().nextDouble());
  }

  <Q, T> T at(MasterChannel master, MethodDescriptor<Q, T> method, Q request) {
    return once(master, method, request, settings.timeout());
  }

  /**
   * To the leader, and to the next one if that is not it any more. All calls of the admin service
   * may be sent twice.
   *
   * @param check throws what an answer says that went wrong
   */
  <Q, T> T atLeader(MethodDescriptor<Q, T> method, Q request, Consumer<T> check) {
    if (settings.pin() != null) {
      T answer = at(settings.pin(), method, request);
      check.accept(answer);
      return answer;
    }
    long end = System.nanoTime() + settings.timeout().toNanos();
    for (int attempt = 1; ; attempt++) {
      try (LeaderStream<Q, T> stream = new LeaderStream<>(engine, settings, method)) {
        boolean answered = false;
        try {
          stream.open(request, 1, remaining(end));
          T answer = stream.take(remaining(end)).orElseThrow(AdminCalls::noAnswer);
          answered = true;
          check.accept(answer);
          return answer;
        } catch (MetadataException e) {
          long pause = backoff.backoff(attempt, 1);
          // A leader that was asked, and could not, has tried for as long as it was given.
          boolean told = answered && e.code() != ErrorCode.NOT_LEADER;
          if (told || !stream.failed(e) || System.nanoTime() + pause - end >= 0) {
            throw e;
          }
          LeaderStream.pause(pause);
        }
      }
    }
  }

  private static MetadataException noAnswer() {
    return new MetadataException(ErrorCode.INTERNAL, "The master ended the call without an answer");
  }

  private <Q, T> T once(
      MasterChannel master, MethodDescriptor<Q, T> method, Q request, Duration timeout) {
    engine.refuseOnLoop();
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    try {
      return ClientCalls.blockingUnaryCall(master.channel(), method, options, request);
    } catch (StatusRuntimeException e) {
      throw StatusMapper.fromStatus(e).with("master", master.address());
    }
  }

  private static Duration remaining(long endNanos) {
    return Duration.ofNanos(Math.max(1, endNanos - System.nanoTime()));
  }
}
