package io.cadastre.journal.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real member is asked for its vote. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class VoteGuardTest {
  @TempDir Path directory;
  private LoneMember member;

  @BeforeEach
  void start() throws Exception {
    member = new LoneMember(directory);
  }

  @AfterEach
  void stop() throws Exception {
    member.close();
  }

  @Test
  void aCandidateWhoseLeaderIsSilentGetsTheVote() {
    assertThat(asks("m3", 2, true)).isTrue();
    assertThat(asks("m3", 2, false)).isTrue();
    assertThat(asks("m1", 2, false)).as("a second vote in the term").isFalse();
  }

  @Test
  void noVoteIsGivenIfTheLeaderWasHeardBehindThePreVote() throws Exception {
    assertThat(asks("m3", 2, true)).isTrue();
    heartbeat("m1", 1, AppendResult.SUCCESS);
    assertThat(asks("m3", 2, false)).isFalse();
    // In its books it has voted: the leader learns of the later term, and nobody else is elected.
    heartbeat("m1", 1, AppendResult.NOT_LEADER);
    assertThat(asks("m1", 2, false)).isFalse();
  }

  @Test
  void whatAnOldLeaderSendsKeepsNobodyFromBeingElected() throws Exception {
    heartbeat("m3", 5, AppendResult.SUCCESS);
    assertThat(asks("m3", 6, true)).isTrue();
    heartbeat("m1", 4, AppendResult.NOT_LEADER);
    assertThat(asks("m3", 6, false)).isTrue();
  }

  /** The leader told it to stand. */
  @Test
  void aCandidateThatNeverAskedForAPreVoteGetsTheVote() throws Exception {
    heartbeat("m1", 1, AppendResult.SUCCESS);
    assertThat(asks("m3", 2, false)).isTrue();
  }

  private boolean asks(String candidate, long term, boolean preVote) {
    return member
        .blockingStub()
        .requestVote(
            RequestVoteRequestProto.newBuilder()
                .setServerRequest(member.from(candidate))
                .setCandidateTerm(term)
                .setCandidateLastEntry(TermIndexProto.newBuilder().setTerm(1).setIndex(10))
                .setPreVote(preVote)
                .build())
        .getServerReply()
        .getSuccess();
  }

  private void heartbeat(String leader, long term, AppendResult expected) throws Exception {
    CompletableFuture<AppendEntriesReplyProto> answer = new CompletableFuture<>();
    StreamObserver<AppendEntriesRequestProto> stream =
        member
            .stub()
            .appendEntries(
                new StreamObserver<>() {
                  @Override
                  public void onNext(AppendEntriesReplyProto reply) {
                    answer.complete(reply);
                  }

                  @Override
                  public void onError(Throwable t) {
                    answer.completeExceptionally(t);
                  }

                  @Override
                  public void onCompleted() {}
                });
    stream.onNext(member.append(leader, term, -1, List.of()));
    assertThat(answer.get().getResult()).isEqualTo(expected);
    stream.onCompleted();
  }
}
