package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.junit.jupiter.api.Test;

/** When a leader may answer without asking: 0.9 of 1,000 ms after a majority's accepted append. */
class LeaseClockTest {
  private long nanos = 1_000_000_000_000L;
  private final LeaseClock lease = new LeaseClock(1_000, true, () -> nanos);
  private final List<String> toRatis = new ArrayList<>();

  private void pass(long millis) {
    nanos += millis * 1_000_000;
  }

  @Test
  void holdsNineTenthsOfTheTimeoutBehindTheSendTimeOfAnAcceptedAppend() {
    Peer b = peer(leader(), "b");
    Peer c = peer(b.leader, "c");
    assertThat(lease.isValid(3)).as("nobody has answered yet").isFalse();
    b.send(1);
    pass(500);
    b.reply(1, AppendResult.SUCCESS);
    assertThat(lease.isValid(3)).isTrue();
    assertThat(lease.isValid(5)).as("needs two of four").isFalse();
    c.send(1);
    c.reply(1, AppendResult.INCONSISTENCY);
    assertThat(lease.isValid(5)).isTrue();
    pass(399);
    assertThat(lease.isValid(3)).isTrue();
    assertThat(lease.isValid(5)).isTrue();
    pass(1);
    assertThat(lease.isValid(5)).as("b's append was sent 900 ms ago").isFalse();
    pass(500);
    assertThat(lease.isValid(3)).isFalse();
  }

  @Test
  void aMemberThatStartsKeepsOutForLongerThanALeaseThatItMayHaveGranted() {
    Peer b = peer(leader(), "b");
    b.send(1);
    b.reply(1, AppendResult.SUCCESS);
    // b is killed right then, and its next process begins at once.
    long out = lease.millisToOutlive(0);
    pass(out - 1);
    assertThat(lease.millisToOutlive(out - 1)).isPositive();
    pass(1);
    assertThat(lease.millisToOutlive(out)).isNotPositive();
    assertThat(lease.isValid(3)).isFalse();
  }

  @Test
  void aRefusalByAFollowerInALaterTermRenewsNothing() {
    Peer b = peer(leader(), "b");
    b.send(1);
    b.reply(1, AppendResult.SUCCESS);
    // Paused, as by SIGSTOP; another leader was elected; the first answers after the pause.
    pass(6_000);
    b.send(2);
    b.reply(2, AppendResult.NOT_LEADER);
    assertThat(lease.isValid(3)).isFalse();
    assertThat(toRatis).containsExactly("SUCCESS", "NOT_LEADER");
  }

  @Test
  void aLateReplyCountsFromItsSendTimeAndNeverBackwards() {
    Peer b = peer(leader(), "b");
    b.send(1);
    pass(2_000);
    b.send(2);
    b.reply(2, AppendResult.SUCCESS);
    b.reply(1, AppendResult.SUCCESS);
    assertThat(lease.isValid(3)).isTrue();
    for (long call = 3; call < 3_000; call++) {
      b.send(call);
    }
    pass(5_000);
    b.reply(3, AppendResult.SUCCESS);
    assertThat(lease.isValid(3)).as("the send time of call 3 is forgotten").isFalse();
  }

  @Test
  void anotherLeadershipStartsAfresh() {
    Peer b = peer(leader(), "b");
    b.send(1);
    b.reply(1, AppendResult.SUCCESS);
    assertThat(lease.isValid(3)).isTrue();
    peer(leader(), "b");
    assertThat(lease.isValid(3)).isFalse();
  }

  @Test
  void doesNotCountWhileLeadershipIsHandedOver() {
    Peer b = peer(leader(), "b");
    lease.suspend(500);
    b.send(1);
    b.reply(1, AppendResult.SUCCESS);
    assertThat(lease.isValid(3)).isFalse();
    assertThat(lease.isValid(1)).as("of a single member too").isFalse();
    pass(500);
    assertThat(lease.isValid(3)).isTrue();
    assertThat(lease.isValid(1)).isTrue();
  }

  /** A follower's stream of appends and replies. */
  private final class Peer {
    final LeaderState leader;
    final SendTimes sendTimes = new SendTimes();
    final AcknowledgingLeaderState listening;

    Peer(LeaderState leader, String name) {
      this.leader = leader;
      this.listening =
          new AcknowledgingLeaderState(leader, sendTimes, lease.follow(leader, follower(name)));
    }

    void send(long callId) {
      sendTimes.sent(callId, lease.nanoTime());
    }

    void reply(long callId, AppendResult result) {
      listening.onAppendEntriesReply(
          null,
          AppendEntriesReplyProto.newBuilder()
              .setServerReply(RaftRpcReplyProto.newBuilder().setCallId(callId))
              .setResult(result)
              .build());
    }
  }

  private Peer peer(LeaderState leader, String name) {
    return new Peer(leader, name);
  }

  private LeaderState leader() {
    return (LeaderState)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {LeaderState.class},
            (self, method, arguments) -> {
              if (method.getName().equals("onAppendEntriesReply")) {
                toRatis.add(((AppendEntriesReplyProto) arguments[1]).getResult().name());
                return null;
              }
              return method.getName().equals("equals") ? self == arguments[0] : null;
            });
  }

  private FollowerInfo follower(String name) {
    RaftPeerId id = RaftPeerId.valueOf(name);
    return (FollowerInfo)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {FollowerInfo.class},
            (self, method, arguments) -> method.getName().equals("getId") ? id : null);
  }
}
