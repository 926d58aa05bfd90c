package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A real member, over the network, and this test in the place of its leaders: what it says it has,
 * it has. Each test fails with Ratis' own answers, or may: see {@link AppendGuard}.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AppendGuardTest {
  private static final int MANY = 20_000;
  private static final ByteString CLIENT = ClientId.randomId().toByteString();
  private static final RaftGroupId GROUP = RaftGroupId.randomId();

  @TempDir Path directory;
  private final UnreachableServices unreachable = new UnreachableServices();
  private RaftServer server;
  private ManagedChannel channel;
  private long callId;

  /** An answer, and what was on the member's disk a moment later. */
  private record Answer(AppendEntriesReplyProto reply, long flushed, List<TermIndex> log) {}

  @BeforeEach
  void startOneMemberOfThree() throws Exception {
    TestCluster cluster = new TestCluster(directory, 3);
    List<RaftPeer> peers =
        cluster.members().stream()
            .map(m -> RaftPeer.newBuilder().setId(m.name()).setAddress(m.raftAddress()).build())
            .toList();
    int port = cluster.members().get(1).raftPort();
    Parameters parameters = new Parameters();
    GrpcConfigKeys.Server.setServicesCustomizer(parameters, unreachable);
    server =
        RaftServer.newBuilder()
            .setServerId(RaftPeerId.valueOf("m2"))
            .setGroup(RaftGroup.valueOf(GROUP, peers))
            .setProperties(RatisProperties.of(cluster.settings("m2"), port))
            .setParameters(parameters)
            .setStateMachine(new BaseStateMachine())
            .setOption(RaftStorage.StartupOption.FORMAT)
            .build();
    server.start();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    server.close();
    unreachable.close();
  }

  @Test
  void aLongerAppendBehindAnUnfinishedOneIsNotTheSameAppend() throws Exception {
    Stream leader = new Stream();
    leader.send(append(1, 0, entries(1, 0, MANY)));
    leader.send(append(1, 0, entries(1, 0, MANY + 10)));
    leader.holdsWhatItSays();
    leader.holdsWhatItSays();
    assertThat(log().getLastEntryTermIndex()).isEqualTo(TermIndex.valueOf(1, MANY + 9));
  }

  @Test
  void anAppendThatIsThereAlreadyWaitsForTheDisk() throws Exception {
    Stream first = new Stream();
    Stream second = new Stream();
    AppendEntriesRequestProto append = append(1, 0, entries(1, 0, MANY));
    first.send(append);
    second.send(append);
    second.holdsWhatItSays();
    first.holdsWhatItSays();
  }

  @Test
  void theEntriesOfANewLeaderTakeThePlaceOfAnOldOnesUnfinishedOnes() throws Exception {
    Stream old = new Stream();
    old.send(append(1, 0, entries(1, 0, MANY)));
    Stream leader = new Stream();
    leader.send(append(2, 0, entries(2, 0, 5)));
    Answer answer = leader.holdsWhatItSays();
    if (answer.reply().getResult() != AppendResult.SUCCESS) {
      leader.send(append(2, 0, entries(2, 0, 5)));
      leader.holdsWhatItSays();
    }
    assertThat(log().getTermIndex(0).getTerm()).as("of the first entry").isEqualTo(2);
    old.send(append(1, 0, entries(1, 0, MANY)));
    old.take();
    assertThat(old.take().reply().getResult()).isEqualTo(AppendResult.NOT_LEADER);
    assertThat(log().getLastEntryTermIndex()).isEqualTo(TermIndex.valueOf(2, 4));
  }

  @ParameterizedTest
  @CsvSource({
    "5, 5, 19, SUCCESS, 20, 19",
    "5, 5, 12, INCONSISTENCY, 13, -1",
    "5, 5, 9, INCONSISTENCY, 10, -1",
    "5, 6, 19, NOT_LEADER, 20, -1",
    "5, 6, 12, NOT_LEADER, 20, -1",
  })
  void successIsForEntriesOnTheDiskInTheLeadersTerm(
      long leaderTerm, long term, long held, AppendResult result, long next, long match) {
    AppendEntriesReplyProto said =
        AppendEntriesReplyProto.newBuilder()
            .setServerReply(RaftRpcReplyProto.newBuilder().setSuccess(true))
            .setTerm(leaderTerm)
            .setResult(AppendResult.SUCCESS)
            .setNextIndex(20)
            .setMatchIndex(19)
            .build();
    AppendEntriesReplyProto answer =
        AppendGuard.checked(append(leaderTerm, 10, entries(leaderTerm, 10, 10)), said, term, held);
    assertThat(answer.getResult()).isEqualTo(result);
    assertThat(answer.getServerReply().getSuccess()).isEqualTo(result == AppendResult.SUCCESS);
    assertThat(answer.getNextIndex()).isEqualTo(next);
    assertThat(answer.getMatchIndex()).isEqualTo(match);
    assertThat(answer.getTerm()).isEqualTo(term);
  }

  private RaftLog log() throws Exception {
    return server.getDivision(GROUP).getRaftLog();
  }

  private static List<LogEntryProto> entries(long term, long first, int count) {
    ByteString data = ByteString.copyFrom(new byte[200]);
    return LongStream.range(first, first + count)
        .mapToObj(
            index ->
                LogEntryProto.newBuilder()
                    .setTerm(term)
                    .setIndex(index)
                    .setStateMachineLogEntry(
                        StateMachineLogEntryProto.newBuilder().setClientId(CLIENT).setLogData(data))
                    .build())
        .toList();
  }

  private AppendEntriesRequestProto append(long term, long first, List<LogEntryProto> entries) {
    return AppendEntriesRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setRequestorId(ByteString.copyFromUtf8(term == 1 ? "m1" : "m3"))
                .setReplyId(ByteString.copyFromUtf8("m2"))
                .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(GROUP.toByteString()))
                .setCallId(callId++))
        .setLeaderTerm(term)
        .setLeaderCommit(-1)
        .addAllEntries(entries)
        .build();
  }

  /** A leader's connection. */
  private final class Stream implements StreamObserver<AppendEntriesReplyProto> {
    private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    private final StreamObserver<AppendEntriesRequestProto> requests =
        RaftServerProtocolServiceGrpc.newStub(channel).appendEntries(this);
    private final List<AppendEntriesRequestProto> sent = new ArrayList<>();

    void send(AppendEntriesRequestProto request) {
      sent.add(request);
      requests.onNext(request);
    }

    Answer take() throws InterruptedException {
      Object answer = answers.take();
      assertThat(answer).isInstanceOf(Answer.class);
      return (Answer) answer;
    }

    /** The next answer is no success, or the member has on its disk what was sent. */
    Answer holdsWhatItSays() throws InterruptedException {
      Answer answer = take();
      if (answer.reply().getResult() == AppendResult.SUCCESS) {
        AppendEntriesRequestProto request =
            sent.stream()
                .filter(r -> callId(r) == answer.reply().getServerReply().getCallId())
                .findFirst()
                .orElseThrow();
        LogEntryProto last = request.getEntries(request.getEntriesCount() - 1);
        assertThat(answer.reply().getMatchIndex()).isEqualTo(last.getIndex());
        assertThat(answer.flushed()).isGreaterThanOrEqualTo(last.getIndex());
        assertThat(answer.log()).contains(TermIndex.valueOf(last));
      }
      return answer;
    }

    private static long callId(AppendEntriesRequestProto request) {
      return request.getServerRequest().getCallId();
    }

    @Override
    public void onNext(AppendEntriesReplyProto reply) {
      try {
        List<TermIndex> found = new ArrayList<>();
        TermIndex there = log().getTermIndex(reply.getMatchIndex());
        if (there != null) {
          found.add(there);
        }
        answers.add(new Answer(reply, log().getFlushIndex(), found));
      } catch (Exception e) {
        answers.add(e);
      }
    }

    @Override
    public void onError(Throwable t) {
      answers.add(t);
    }

    @Override
    public void onCompleted() {}
  }
}
