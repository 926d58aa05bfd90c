package io.cadastre.client;

import io.cadastre.core.api.FrameLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * All settings of a client; made by {@link MetadataClient.Builder}.
 *
 * @param masters client addresses, host:port, at least one
 * @param caller who calls unless a view of the client says otherwise
 * @param clusterId the cluster that must answer; empty: any
 * @param callTimeout how long a call may take in all, retries included
 * @param probeTimeout how long one question "who leads?" to one master may take
 * @param probePause pause between two questions to one master while nobody leads; up to four times
 *     that if it cannot be reached
 * @param silentAfter when the leader has said nothing for this long with calls outstanding, all
 *     masters are asked who leads
 * @param retry back-off and attempts
 * @param maxOutstanding calls queued and unanswered beyond which a new one is refused as BUSY
 * @param maxFrameCalls calls in one frame
 * @param maxFrameBytes bytes in one frame; a single larger call goes alone
 * @param listPrefetchPages pages of a listing that may lie unread in this process
 * @param callbackExecutor where futures complete; null: on the client's own I/O thread, where a
 *     callback must not block
 */
record ClientSettings(
    List<String> masters,
    CallerIdentity caller,
    String clusterId,
    Duration callTimeout,
    Duration probeTimeout,
    Duration probePause,
    Duration silentAfter,
    RetrySettings retry,
    int maxOutstanding,
    int maxFrameCalls,
    int maxFrameBytes,
    int listPrefetchPages,
    Executor callbackExecutor) {
  /** The largest answer that is taken from a master, in bytes. */
  static final int MAX_INBOUND_BYTES = 64 << 20;

  ClientSettings {
    masters = new ArrayList<>(new LinkedHashSet<>(masters));
    Checks.require(!masters.isEmpty(), "masters", "at least one host:port expected");
    masters.forEach(MasterAddress::parse);
    masters = List.copyOf(masters);
    positive(callTimeout, "callTimeout");
    positive(probeTimeout, "probeTimeout");
    positive(probePause, "probePause");
    positive(silentAfter, "silentAfter");
    Checks.require(maxOutstanding > 0, "maxOutstanding", "1 or more calls expected");
    Checks.require(
        maxFrameCalls > 0 && maxFrameCalls <= FrameLimits.MOST_CALLS,
        "maxFrameCalls",
        "1 to " + FrameLimits.MOST_CALLS + " calls expected");
    Checks.require(maxFrameBytes > 0, "maxFrameBytes", "1 or more bytes expected");
    Checks.require(listPrefetchPages > 0, "listPrefetchPages", "1 or more pages expected");
  }

  static void positive(Duration duration, String field) {
    Checks.require(
        !duration.isNegative() && !duration.isZero() && duration.toDays() < 24,
        field,
        "more than nothing and less than 24 days expected");
  }
}
