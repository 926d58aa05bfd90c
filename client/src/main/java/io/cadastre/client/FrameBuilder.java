package io.cadastre.client;

import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.Caller;
import io.cadastre.core.api.proto.RequestFrame;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/**
 * Packs queued calls into frames of bounded count and bytes. For the I/O thread.
 *
 * <p>The acknowledgement of settled operations goes with the first mutation of each frame.
 */
final class FrameBuilder {
  private final ClientSettings settings;
  private final long client;
  private final AckTracker acks;
  private final LongSupplier lastSeenIndex;

  /**
   * @param client the random half of this client's operation ids
   */
  FrameBuilder(ClientSettings settings, long client, AckTracker acks, LongSupplier lastSeenIndex) {
    this.settings = settings;
    this.client = client;
    this.acks = acks;
    this.lastSeenIndex = lastSeenIndex;
  }

  /**
   * Takes calls from the head of the queue and marks them as sent. Calls that were completed while
   * they were queued are dropped.
   *
   * @return a frame of at least one call, or null if nothing was to be sent
   */
  RequestFrame next(ArrayDeque<PendingCall<?>> queue, long nowNanos) {
    RequestFrame.Builder frame = null;
    Caller caller = null;
    long ackedBelow = acks.ackedBelow();
    long sessionIndex = lastSeenIndex.getAsLong();
    int bytes = 0;
    PendingCall<?> call;
    while ((call = queue.peek()) != null) {
      if (call.done) {
        queue.remove();
        continue;
      }
      if (frame == null) {
        caller = call.settings.caller();
        frame = RequestFrame.newBuilder().setCaller(caller).setClusterId(settings.clusterId());
      }
      CallRequest request = call.request(nowNanos, caller, client, ackedBelow, sessionIndex);
      bytes += request.getSerializedSize();
      if (frame.getCallsCount() > 0 && bytes > settings.maxFrameBytes()) {
        break;
      }
      queue.remove();
      call.sent = true;
      call.attempts++;
      frame.addCalls(request);
      if (call.id != null) {
        ackedBelow = 0;
      }
      if (frame.getCallsCount() >= settings.maxFrameCalls()) {
        break;
      }
    }
    return frame == null ? null : frame.build();
  }
}
