package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a real member says it has, it has. Ratis' own answers fail here, or may: {@link
 * AppendGuard}.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AppendGuardTest {
  private static final int MANY = 20_000;
  private static final ByteString CLIENT = ClientId.randomId().toByteString();

  @TempDir Path directory;
  private LoneMember member;

  /** An answer, and what was on the member's disk a moment later. */
  private record Answer(AppendEntriesReplyProto reply, long flushed, List<TermIndex> log) {}

  @BeforeEach
  void start() throws Exception {
    member = new LoneMember(directory);
  }

  @AfterEach
  void stop() throws Exception {
    member.close();
  }

  @Test
  void aLongerAppendBehindAnUnfinishedOneIsNotTheSameAppend() throws Exception {
    Stream leader = new Stream();
    leader.send(append(1, entries(1, 0, MANY)));
    leader.send(append(1, entries(1, 0, MANY + 10)));
    leader.holdsWhatItSays();
    leader.holdsWhatItSays();
    assertThat(member.log().getLastEntryTermIndex()).isEqualTo(TermIndex.valueOf(1, MANY + 9));
  }

  @Test
  void anAppendThatIsThereAlreadyWaitsForTheDisk() throws Exception {
    Stream first = new Stream();
    Stream second = new Stream();
    first.send(append(1, entries(1, 0, MANY)));
    second.send(append(1, entries(1, 0, MANY)));
    second.holdsWhatItSays();
    first.holdsWhatItSays();
  }

  @Test
  void theEntriesOfANewLeaderTakeThePlaceOfAnOldOnesUnfinishedOnes() throws Exception {
    Stream old = new Stream();
    old.send(append(1, entries(1, 0, MANY)));
    Stream leader = new Stream();
    do {
      leader.send(append(2, entries(2, 0, 5)));
    } while (leader.holdsWhatItSays().reply().getResult() != AppendResult.SUCCESS);
    assertThat(member.log().getTermIndex(0).getTerm()).as("of the first entry").isEqualTo(2);
    old.take();
    old.send(append(1, entries(1, 0, MANY)));
    assertThat(old.take().reply().getResult()).isEqualTo(AppendResult.NOT_LEADER);
    assertThat(member.log().getLastEntryTermIndex()).isEqualTo(TermIndex.valueOf(2, 4));
  }

  @Test
  void aHeartbeatThatSpeaksOfNoEntryCommitsNone() throws Exception {
    Stream old = new Stream();
    old.send(append(1, entries(1, 0, 1)));
    assertThat(old.holdsWhatItSays().reply().getResult()).isEqualTo(AppendResult.SUCCESS);
    Stream leader = new Stream();
    leader.send(member.append("m3", 2, 0, List.of()));
    assertThat(leader.take().reply().getResult()).isEqualTo(AppendResult.SUCCESS);
    assertThat(member.log().getLastCommittedIndex()).isEqualTo(RaftLog.INVALID_LOG_INDEX);
    leader.send(member.append("m3", 2, 0, entries(2, 0, 1)));
    assertThat(leader.holdsWhatItSays().reply().getResult()).isEqualTo(AppendResult.SUCCESS);
    assertThat(member.log().getTermIndex(0).getTerm()).isEqualTo(2);
    assertThat(member.log().getLastCommittedIndex()).isZero();
  }

  /**
   * The log says of entries that are being cut off that they are forced, until they are cut off. So
   * the answer to an append that is there already waits for the append that put it there.
   */
  @Test
  void anAnswerWaitsForAllAppendsBeforeIt() throws Exception {
    AppendEntriesRequestProto first = append(1, entries(1, 0, 10));
    AppendEntriesRequestProto second = append(1, entries(1, 0, 10));
    Map<AppendEntriesRequestProto, CompletableFuture<AppendEntriesReplyProto>> ratis =
        new HashMap<>();
    ratis.put(first, new CompletableFuture<>());
    ratis.put(second, CompletableFuture.completedFuture(success(1, 9)));
    RaftServer server = standIn(RaftServer.class, (name, argument) -> ratis.get((Object) argument));
    RaftLog log =
        standIn(
            RaftLog.class,
            (name, argument) ->
                name.equals("getFlushIndex") ? (Object) 9L : TermIndex.valueOf(1, (Long) argument));
    DivisionInfo info = standIn(DivisionInfo.class, (name, argument) -> 1L);
    RaftServer.Division division =
        standIn(
            RaftServer.Division.class, (name, argument) -> name.equals("getRaftLog") ? log : info);
    AppendGuard guard = new AppendGuard();

    var one = guard.append(first, server, division);
    var two = guard.append(second, server, division);
    assertThat(two).isNotDone();
    ratis.get(first).completeExceptionally(new IllegalStateException("a test wants it"));
    assertThat(one).isCompletedExceptionally();
    assertThat(two).isCompletedWithValue(success(1, 9));
  }

  private interface Answers {
    Object of(String method, Object argument);
  }

  private static <T> T standIn(Class<T> type, Answers answers) {
    return type.cast(
        Proxy.newProxyInstance(
            AppendGuardTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                answers.of(method.getName(), arguments == null ? null : arguments[0])));
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
    AppendEntriesReplyProto answer =
        AppendGuard.checked(
            append(leaderTerm, entries(leaderTerm, 10, 10)), success(leaderTerm, 19), term, held);
    assertThat(answer.getResult()).isEqualTo(result);
    assertThat(answer.getServerReply().getSuccess()).isEqualTo(result == AppendResult.SUCCESS);
    assertThat(answer.getNextIndex()).isEqualTo(next);
    assertThat(answer.getMatchIndex()).isEqualTo(match);
    assertThat(answer.getTerm()).isEqualTo(term);
  }

  private static AppendEntriesReplyProto success(long term, long match) {
    return AppendEntriesReplyProto.newBuilder()
        .setServerReply(RaftRpcReplyProto.newBuilder().setSuccess(true))
        .setTerm(term)
        .setResult(AppendResult.SUCCESS)
        .setNextIndex(match + 1)
        .setMatchIndex(match)
        .build();
  }

  private static List<LogEntryProto> entries(long term, long first, int count) {
    StateMachineLogEntryProto body =
        StateMachineLogEntryProto.newBuilder()
            .setClientId(CLIENT)
            .setLogData(ByteString.copyFrom(new byte[200]))
            .build();
    return LongStream.range(first, first + count)
        .mapToObj(
            index ->
                LogEntryProto.newBuilder()
                    .setTerm(term)
                    .setIndex(index)
                    .setStateMachineLogEntry(body)
                    .build())
        .toList();
  }

  private AppendEntriesRequestProto append(long term, List<LogEntryProto> entries) {
    return member.append(term == 1 ? "m1" : "m3", term, -1, entries);
  }

  /** A leader's connection. */
  private final class Stream implements StreamObserver<AppendEntriesReplyProto> {
    private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    private final StreamObserver<AppendEntriesRequestProto> requests =
        member.stub().appendEntries(this);
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
        TermIndex there = member.log().getTermIndex(reply.getMatchIndex());
        if (there != null) {
          found.add(there);
        }
        answers.add(new Answer(reply, member.log().getFlushIndex(), found));
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
