package io.cadastre.client;

import io.cadastre.core.api.StatusMapper;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.MetadataServiceGrpc;
import io.cadastre.core.api.proto.RequestFrame;
import io.cadastre.core.api.proto.ResponseFrame;
import io.cadastre.core.error.MetadataException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayDeque;

/**
 * One bidirectional stream to one master. Calls queue here while gRPC's buffer is full, leave in
 * frames, and are answered in any order. Used once: when it breaks, another takes its place. For
 * the I/O thread.
 */
final class PipelinedConnection {
  /** Bytes that may lie in gRPC's buffer before calls wait in the queue. */
  private static final int READY_THRESHOLD_BYTES = 256 << 10;

  /** Response frames that the master may send ahead of us. */
  private static final int INBOUND_FRAMES = 32;

  /** Told on the I/O thread. */
  interface Listener {
    void onResponse(PipelinedConnection connection, String node, CallResponse response);

    /** After a frame's responses. */
    void onFrameEnd();

    /** Once; nothing else follows. */
    void onBroken(PipelinedConnection connection, MetadataException cause);
  }

  private final MasterChannel master;
  private final IoLoop loop;
  private final FrameBuilder frames;
  private final Listener listener;
  private final ArrayDeque<PendingCall<?>> queue = new ArrayDeque<>();
  private final ClientCall<RequestFrame, ResponseFrame> stream;
  private int unanswered;
  private long heardNanos = System.nanoTime();
  private boolean broken;

  PipelinedConnection(MasterChannel master, IoLoop loop, FrameBuilder frames, Listener listener) {
    this.master = master;
    this.loop = loop;
    this.frames = frames;
    this.listener = listener;
    this.stream =
        master
            .channel()
            .newCall(
                MetadataServiceGrpc.getPipelineMethod(),
                CallOptions.DEFAULT.withOnReadyThreshold(READY_THRESHOLD_BYTES));
    stream.start(new Events(), new Metadata());
    stream.request(INBOUND_FRAMES);
  }

  MasterChannel master() {
    return master;
  }

  /** Queues a call; {@link #flush} sends it. */
  void enqueue(PendingCall<?> call) {
    if (unanswered++ == 0) {
      heardNanos = System.nanoTime();
    }
    call.connection = this;
    call.sent = false;
    queue.add(call);
  }

  /** Sends what is queued, as far as gRPC takes it now; the rest follows by itself. */
  void flush() {
    while (!broken && !queue.isEmpty() && stream.isReady()) {
      RequestFrame frame = frames.next(queue, System.nanoTime());
      if (frame != null) {
        stream.sendMessage(frame);
      }
    }
  }

  /** A call of this connection was answered or given up. */
  void settled() {
    unanswered--;
  }

  /** Drops calls from the queue that were given up while they were in it. */
  void purge() {
    queue.removeIf(call -> call.done);
  }

  /** Whether calls wait here and nothing was heard for this long. */
  boolean silentFor(long nanos, long nowNanos) {
    return unanswered > 0 && nowNanos - heardNanos > nanos;
  }

  /** Its master was heard on another way: the silence counts from now. */
  void reassured() {
    heardNanos = System.nanoTime();
  }

  /** Whether calls wait here, in the queue or for their answers. */
  boolean busy() {
    return unanswered > 0;
  }

  /** Gives the stream up; the listener is not told. */
  void abandon() {
    broken = true;
    stream.cancel("The client gave this stream up", null);
  }

  private void broke(MetadataException cause) {
    if (!broken) {
      broken = true;
      listener.onBroken(this, cause);
    }
  }

  private final class Events extends ClientCall.Listener<ResponseFrame> {
    @Override
    public void onMessage(ResponseFrame frame) {
      loop.run(
          () -> {
            if (broken) {
              return;
            }
            heardNanos = System.nanoTime();
            stream.request(1);
            for (CallResponse response : frame.getResponsesList()) {
              listener.onResponse(PipelinedConnection.this, frame.getNode(), response);
            }
            listener.onFrameEnd();
          });
    }

    @Override
    public void onReady() {
      loop.run(PipelinedConnection.this::flush);
    }

    /** Later, never from within a call to the stream: the listener may be in the middle of one. */
    @Override
    public void onClose(Status status, Metadata trailers) {
      MetadataException cause =
          status.isOk()
              ? StatusMapper.fromStatus(
                  Status.UNAVAILABLE.withDescription("The master closed the stream"), null)
              : StatusMapper.fromStatus(status, trailers);
      loop.later(() -> broke(cause.with("master", master.address())));
    }
  }
}
