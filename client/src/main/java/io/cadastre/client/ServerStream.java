package io.cadastre.client;

import io.cadastre.core.api.StatusMapper;
import io.cadastre.core.error.MetadataException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The messages that a master streams, taken one by one by a thread that may block. At most
 * `prefetch` of them lie here: another is asked for when one is taken. Closing it early cancels the
 * stream at the master.
 */
final class ServerStream<Q, T> implements AutoCloseable {
  private sealed interface Event<T> {
    record Message<T>(T message) implements Event<T> {}

    record Closed<T>(MetadataException error) implements Event<T> {}
  }

  private final ClientCall<Q, T> call;
  // Bounded by the flow control: never more messages than were asked for, and one end.
  private final LinkedBlockingQueue<Event<T>> events = new LinkedBlockingQueue<>();
  private boolean ended;

  ServerStream(MasterChannel master, MethodDescriptor<Q, T> method, Q request, int prefetch) {
    call = master.channel().newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(T message) {
            events.add(new Event.Message<>(message));
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            MetadataException error =
                status.isOk()
                    ? null
                    : StatusMapper.fromStatus(status, trailers).with("master", master.address());
            events.add(new Event.Closed<>(error));
          }
        },
        new Metadata());
    call.request(prefetch);
    call.sendMessage(request);
    call.halfClose();
  }

  /** Whether the master has ended the stream in order, and all messages were taken. */
  boolean ended() {
    return ended;
  }

  /**
   * The next message.
   *
   * @return empty if none came within the time, or if the stream {@link #ended}
   * @throws MetadataException if the stream broke, or the calling thread was interrupted
   */
  Optional<T> take(Duration patience) {
    if (ended) {
      return Optional.empty();
    }
    Event<T> event;
    try {
      event = events.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CallErrors.interrupted(false);
    }
    if (event instanceof Event.Message<T> next) {
      call.request(1);
      return Optional.of(next.message());
    }
    if (event instanceof Event.Closed<T> closed) {
      if (closed.error() != null) {
        throw closed.error();
      }
      ended = true;
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    if (!ended) {
      call.cancel("The reader closed the stream", null);
    }
  }
}
