package io.cadastre.client;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A server stream from whichever master leads: opened there, watched for silence, and told apart
 * between a leader that works and one that is gone. For one thread, which may block.
 */
final class LeaderStream<Q, T> implements AutoCloseable {
  private final CallEngine engine;
  private final CallSettings settings;
  private final MethodDescriptor<Q, T> method;
  private Leader source;
  private ServerStream<Q, T> stream;

  LeaderStream(CallEngine engine, CallSettings settings, MethodDescriptor<Q, T> method) {
    engine.refuseOnLoop();
    this.engine = engine;
    this.settings = settings;
    this.method = method;
  }

  boolean isOpen() {
    return stream != null;
  }

  /** Sends the request to the leader, or to the master that the calls are pinned to. */
  void open(Q request, int prefetch, Duration timeout) {
    source = settings.pin() == null ? engine.leader(timeout) : new Leader(settings.pin(), 0);
    stream = new ServerStream<>(source.master(), method, request, prefetch);
  }

  /**
   * The next message; while the master is silent, checks that it still leads.
   *
   * @return empty when the stream ended in order
   * @throws MetadataException DEADLINE_EXCEEDED if no message came in time; UNAVAILABLE if the
   *     stream broke or its master was replaced; or the master's own error
   */
  Optional<T> take(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    Duration silence = engine.settings().silentAfter();
    while (true) {
      long remaining = end - System.nanoTime();
      if (remaining <= 0) {
        throw deadline(null);
      }
      Optional<T> message = stream.take(shorter(silence, remaining));
      if (message.isPresent() || stream.ended()) {
        return message;
      }
      remaining = end - System.nanoTime();
      if (settings.pin() == null && remaining > 0) {
        verify(end);
      }
    }
  }

  /**
   * Gives the broken stream up.
   *
   * @return whether the request may be sent again
   */
  boolean failed(MetadataException error) {
    close();
    ErrorCode code = error.code();
    boolean elsewhere = code.retry() == ErrorCode.Retry.ELSEWHERE;
    if (elsewhere && source != null && settings.pin() == null) {
      engine.lost(source.master(), error.context().getOrDefault("leader", ""));
    }
    return settings.retries()
        && (code == ErrorCode.BUSY
            || code == ErrorCode.LOCK_TIMEOUT
            || (elsewhere && settings.pin() == null));
  }

  @Override
  public void close() {
    if (stream != null) {
      stream.close();
      stream = null;
    }
  }

  private void verify(long end) {
    Leader leader;
    try {
      leader = engine.verify(source, Duration.ofNanos(end - System.nanoTime()));
    } catch (MetadataException e) {
      // Nobody has said in time who leads; what the reader waited for is a message.
      throw System.nanoTime() - end >= 0 ? deadline(e) : e;
    }
    if (!leader.master().equals(source.master())) {
      throw new MetadataException(
              ErrorCode.UNAVAILABLE, "The master fell silent, and another one leads")
          .with("master", source.master().address());
    }
  }

  private MetadataException deadline(MetadataException last) {
    return CallErrors.readDeadline(last).with("master", source.master().address());
  }

  private static Duration shorter(Duration duration, long nanos) {
    return Duration.ofNanos(Math.min(duration.toNanos(), nanos));
  }

  /** Waits before the next attempt. */
  static void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CallErrors.interrupted(false);
    }
  }
}
