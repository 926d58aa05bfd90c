package io.cadastre.client;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Takes each call from its admission to its answer: sends it to the leader, sends it again as the
 * retry policy says, gives it up when its time is over, and leaves a leader that went silent. For
 * the I/O thread.
 *
 * <p>A call is in exactly one place: on a connection, waiting for a leader, or in a pause.
 */
final class CallDispatcher implements PipelinedConnection.Listener, LeaderFinder.Listener {
  private static final long TICK_NANOS = 20_000_000;

  /**
   * Calls that are pinned to a master have a stream of their own, which is never left for another.
   */
  private record Target(MasterChannel master, boolean pinned) {}

  private final ClientSettings settings;
  private final IoLoop loop;
  private final LeaderFinder finder;
  private final LeaderWaiters waiters = new LeaderWaiters();
  private final RetryPolicy policy;
  private final AckTracker acks = new AckTracker();
  private final FrameBuilder frames;
  private final SeenIndex seen;
  private final Consumer<PendingCall<?>> onDone;
  private final LiveCalls live = new LiveCalls();
  private final ArrayDeque<PendingCall<?>> waiting = new ArrayDeque<>();
  private final Map<Target, PipelinedConnection> connections = new HashMap<>();
  private boolean ticking;
  private boolean closed;

  /**
   * @param onDone told of each admitted call when it is completed
   */
  CallDispatcher(
      ClientSettings settings,
      IoLoop loop,
      Masters masters,
      SeenIndex seen,
      Consumer<PendingCall<?>> onDone) {
    this.settings = settings;
    this.loop = loop;
    this.seen = seen;
    this.onDone = onDone;
    this.policy = new RetryPolicy(settings.retry(), () -> ThreadLocalRandom.current().nextDouble());
    this.frames =
        new FrameBuilder(settings, ThreadLocalRandom.current().nextLong(), acks, seen::get);
    this.finder =
        new LeaderFinder(masters, settings, loop, this, () -> !live.isEmpty() || waiters.waiting());
  }

  LeaderFinder finder() {
    return finder;
  }

  LeaderWaiters waiters() {
    return waiters;
  }

  /** Takes a new call; {@link #flush} sends it. */
  void admit(PendingCall<?> call) {
    live.add(call);
    if (call.operation.mutation()) {
      call.id = acks.mint();
    }
    if (closed) {
      fail(call, CallErrors.closed());
      return;
    }
    startTicking();
    route(call);
  }

  void flush() {
    connections.values().forEach(PipelinedConnection::flush);
  }

  @Override
  public void onResponse(PipelinedConnection connection, String node, CallResponse response) {
    PendingCall<?> call = live.get(response.getCallId());
    // Else the call was given up, or went elsewhere meanwhile: that attempt's answer counts.
    if (call != null && call.connection == connection && call.sent) {
      connection.settled();
      call.connection = null;
      call.sent = false;
      answer(call, connection.master(), node, response);
    }
  }

  @Override
  public void onFrameEnd() {
    flush();
  }

  @Override
  public void onBroken(PipelinedConnection connection, MetadataException cause) {
    connections.values().remove(connection);
    finder.lost(connection.master(), "");
    moveAway(connection, cause);
    flush();
  }

  @Override
  public void onLeader(Leader leader, Leader previous) {
    if (previous != null && !previous.master().equals(leader.master())) {
      leave(previous.master());
    }
    PipelinedConnection existing = connections.get(new Target(leader.master(), false));
    if (existing != null) {
      existing.reassured();
    }
    for (PendingCall<?> call = waiting.poll(); call != null; call = waiting.poll()) {
      if (!call.done) {
        route(call);
      }
    }
    flush();
    waiters.complete(leader);
  }

  @Override
  public boolean mayReconnect(MasterChannel master) {
    return connections.values().stream()
        .noneMatch(connection -> connection.master() == master && connection.busy());
  }

  void close() {
    closed = true;
    for (PendingCall<?> call : live.all()) {
      boolean unknown = call.maybeExecuted || (call.sent && call.operation.mutation());
      fail(call, unknown ? CallErrors.outcomeUnknown(CallErrors.closed()) : CallErrors.closed());
    }
    connections.values().forEach(PipelinedConnection::abandon);
    connections.clear();
    waiting.clear();
    waiters.fail(CallErrors.closed());
  }

  private void route(PendingCall<?> call) {
    if (call.settings.pin() != null) {
      connectionTo(new Target(call.settings.pin(), true)).enqueue(call);
    } else if (finder.current() != null) {
      connectionTo(new Target(finder.current().master(), false)).enqueue(call);
    } else {
      waiting.add(call);
      finder.search();
    }
  }

  private PipelinedConnection connectionTo(Target target) {
    return connections.computeIfAbsent(
        target, key -> new PipelinedConnection(key.master(), loop, frames, this));
  }

  private <T> void answer(
      PendingCall<T> call, MasterChannel master, String node, CallResponse response) {
    if (response.getResultCase() == CallResponse.ResultCase.ERROR) {
      MetadataException error = ErrorInfos.toException(response.getError());
      call.lastError = error;
      call.maybeExecuted |= call.operation.mutation() && error.code() == ErrorCode.OUTCOME_UNKNOWN;
      if (error.code().retry() == ErrorCode.Retry.ELSEWHERE && call.settings.pin() == null) {
        finder.lost(master, error.context().getOrDefault(ErrorInfos.LEADER, ""));
      }
      follow(call, policy.afterError(call.state(), error));
      return;
    }
    Optional<T> value = call.operation.read(response);
    if (value.isEmpty()) {
      MetadataException wrong =
          new MetadataException(
                  ErrorCode.INTERNAL, "The master's answer is of another kind than the call")
              .with("answer", response.getResultCase());
      fail(call, call.operation.mutation() ? CallErrors.outcomeUnknown(wrong) : wrong);
      return;
    }
    Served served = Served.of(response.getServed(), node);
    seen.saw(served.stateIndex());
    finish(call);
    call.future.complete(new Answer<>(value.get(), served));
  }

  private void follow(PendingCall<?> call, RetryPolicy.Decision decision) {
    if (decision instanceof RetryPolicy.Decision.Fail failed) {
      fail(call, failed.error());
    } else if (decision instanceof RetryPolicy.Decision.Resend resend) {
      sendAfter(call, resend.pauseNanos());
    } else if (decision instanceof RetryPolicy.Decision.Elsewhere elsewhere) {
      if (finder.current() == null) {
        finder.search();
      }
      sendAfter(call, elsewhere.pauseNanos());
    }
  }

  private void sendAfter(PendingCall<?> call, long pauseNanos) {
    if (pauseNanos == 0) {
      route(call);
      return;
    }
    loop.schedule(
        () -> {
          if (!call.done) {
            route(call);
            flush();
          }
        },
        pauseNanos);
  }

  /** Takes all calls off a connection that will not answer any more. */
  private void moveAway(PipelinedConnection connection, MetadataException cause) {
    for (PendingCall<?> call : live.on(connection)) {
      if (!call.sent) {
        // It did not leave, but a refused connection must not be tried again without a pause.
        call.attempts++;
      }
      call.lost();
      call.lastError = cause;
      follow(call, policy.afterBreak(call.state(), cause));
    }
  }

  private void leave(MasterChannel master) {
    PipelinedConnection connection = connections.remove(new Target(master, false));
    if (connection != null) {
      connection.abandon();
      // What is in the sockets' buffers goes too, and later questions get a new connection.
      master.reconnect();
      MetadataException cause =
          new MetadataException(
              ErrorCode.UNAVAILABLE, "The master fell silent, and another one leads");
      moveAway(connection, cause.with("master", master.address()));
    }
  }

  private void fail(PendingCall<?> call, MetadataException error) {
    finish(call);
    call.future.completeExceptionally(error);
  }

  private void finish(PendingCall<?> call) {
    call.done = true;
    live.remove(call);
    if (call.connection != null) {
      call.connection.settled();
    }
    if (call.id != null) {
      acks.settle(call.id);
    }
    onDone.accept(call);
  }

  private void startTicking() {
    if (!ticking) {
      ticking = true;
      loop.schedule(this::tick, TICK_NANOS);
    }
  }

  private void tick() {
    ticking = false;
    if (live.isEmpty() || closed) {
      return;
    }
    startTicking();
    long now = System.nanoTime();
    expire(live.expired(now));
    leaveTheSilent(now);
  }

  private void expire(List<PendingCall<?>> expired) {
    if (expired.isEmpty()) {
      return;
    }
    for (PendingCall<?> call : expired) {
      MetadataException error = call.timeUp();
      fail(call, call.settings.pin() == null ? error.with("masters", finder.lastWords()) : error);
    }
    connections.values().forEach(PipelinedConnection::purge);
    waiting.removeIf(call -> call.done);
  }

  private void leaveTheSilent(long now) {
    Leader leader = finder.current();
    if (leader == null) {
      return;
    }
    long silence = settings.silentAfter().toNanos();
    for (Map.Entry<Target, PipelinedConnection> open : List.copyOf(connections.entrySet())) {
      if (open.getKey().pinned() || !open.getValue().silentFor(silence, now)) {
        continue;
      }
      if (leader.master().equals(open.getKey().master())) {
        finder.doubt();
      } else {
        leave(open.getKey().master());
        flush();
      }
    }
  }
}
