package io.cadastre.client;

import static io.cadastre.client.Clients.failureOf;
import static io.cadastre.client.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.OperationId;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class FailoverTest {
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T opened(T closeable) {
    open.add(closeable);
    return closeable;
  }

  private FakeMaster leader(String name, long term) {
    return opened(FakeMaster.leader(name, term));
  }

  private FakeMaster follower(String name) {
    return opened(FakeMaster.follower(name));
  }

  private MetadataClient client(MetadataClientBuilder builder) {
    MetadataClient client = builder.build();
    open.add(0, client);
    return client;
  }

  private static Operation<Done> create(String path) {
    return Operation.createFile(path, FileOptions.DEFAULT);
  }

  private static long millisOf(Runnable call) {
    long begin = System.nanoTime();
    call.run();
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
  }

  @Test
  void theLeaderIsFoundAmongDeadFrozenAndFollowing() {
    FrozenPort frozen = opened(new FrozenPort());
    FakeMaster dead = FakeMaster.leader("m0", 9);
    dead.close();
    FakeMaster follower = follower("m2");
    FakeMaster leader = leader("m3", 2);
    MetadataClient client =
        client(Clients.of(frozen.address(), dead.address(), follower.address(), leader.address()));
    client(Clients.of(leader)).exists("/classes-are-loaded");

    long millis = millisOf(() -> assertThat(client.exists("/a").value()).isTrue());

    assertThat(millis).isLessThan(500);
    assertThat(follower.received).isEmpty();
  }

  /** A connection that takes longer than one question's time must not be cut again and again. */
  @Test
  void aLeaderThatIsAlwaysSlowIsFoundAllTheSame() {
    FakeMaster slow = leader("m1", 1);
    slow.infoDelay = Duration.ofMillis(150);
    MetadataClient client = client(Clients.of(slow).probeTimeout(Duration.ofMillis(60)));

    assertThat(client.exists("/a").value()).isTrue();
  }

  @Test
  void anElectionIsWaitedForAndSeenAtOnce() {
    FakeMaster one = follower("m1");
    FakeMaster two = follower("m2");
    MetadataClient client = client(Clients.of(one, two));
    CompletableFuture<Answer<Done>> answer = client.submit(create("/a"));
    await().until(() -> one.probes.get() >= 3 && two.probes.get() >= 3);
    assertThat(answer).isNotDone();

    long millis =
        millisOf(
            () -> {
              two.leads(5);
              assertThat(get(answer).served().term()).isEqualTo(5);
            });

    assertThat(millis).isLessThan(300);
    assertThat(two.calls()).hasSize(1);
  }

  @Test
  void ofTwoThatSayTheyLeadTheHigherTermWins() {
    FakeMaster stale = leader("m1", 4);
    FakeMaster follower = follower("m2");
    MetadataClient client = client(Clients.of(stale, follower));
    client.exists("/a");
    // m1 does not know yet that m2 was elected; it only refuses calls.
    stale.handler = call -> stale.error(call, ErrorCode.NOT_LEADER);
    stale.leads(3);
    follower.leads(6);

    assertThat(client.exists("/b").served().node()).isEqualTo("m2");
  }

  @Test
  void aClusterSetUpAnewWithLowerTermsIsBelievedWhenAllWereHeard() {
    FakeMaster one = leader("m1", 40);
    FakeMaster two = follower("m2");
    MetadataClient client = client(Clients.of(one, two));
    client.exists("/a");
    one.follows("");
    two.leads(2);

    assertThat(client.exists("/b").served().term()).isEqualTo(2);
  }

  @Test
  void aRedirectLeadsToTheLeaderEvenIfItIsNotConfigured() {
    FakeMaster leader = leader("m2", 3);
    FakeMaster one = follower("m1").follows(leader.address());
    MetadataClient client = client(Clients.of(one));

    assertThat(client.createFile("/a").served().node()).isEqualTo("m2");
  }

  @Test
  void aWrongHintIsNotTrusted() {
    FrozenPort frozen = opened(new FrozenPort());
    FakeMaster one = leader("m1", 1);
    FakeMaster two = follower("m2");
    MetadataClient client = client(Clients.of(one, two));
    client.exists("/a");
    one.follows(frozen.address());
    two.leads(2);

    long millis = millisOf(() -> assertThat(client.exists("/b").served().node()).isEqualTo("m2"));

    assertThat(millis).isLessThan(500);
  }

  @Test
  void mutationsInFlightAreSentAgainWithTheirIdsWhenTheLeaderDies() {
    FakeMaster one = leader("m1", 1);
    FakeMaster two = follower("m2");
    one.handler = call -> null;
    MetadataClient client = client(Clients.of(one, two));
    List<CompletableFuture<Answer<Done>>> answers =
        client.batch(IntStream.range(0, 50).mapToObj(i -> create("/f" + i)).toList());
    await().until(() -> one.received.size() == 50);

    one.close();
    two.leads(2);

    answers.forEach(answer -> assertThat(get(answer).served().node()).isEqualTo("m2"));
    assertThat(two.operationIds()).containsExactlyElementsOf(one.operationIds());
  }

  @Test
  void aBrokenStreamToTheSameLeaderIsOpenedAgain() {
    FakeMaster one = leader("m1", 1);
    one.handler = call -> null;
    MetadataClient client = client(Clients.of(one));
    CompletableFuture<Answer<Done>> answer = client.submit(create("/a"));
    await().until(() -> one.received.size() == 1);

    one.handler = one::ok;
    one.breakStreams();

    get(answer);
    assertThat(one.operationIds()).hasSize(2);
    assertThat(one.operationIds().get(0)).isEqualTo(one.operationIds().get(1));
  }

  @Test
  void aFrozenLeaderIsLeftWhenAnotherOneLeads() {
    FakeMaster one = leader("m1", 1);
    FakeMaster two = follower("m2");
    MetadataClient client = client(Clients.of(one, two).silentAfter(Duration.ofMillis(200)));
    client.exists("/a");
    one.frozen = true;
    CompletableFuture<Answer<Done>> answer = client.submit(create("/b"));
    await().until(() -> one.received.size() == 2);
    two.leads(2);

    long millis = millisOf(() -> assertThat(get(answer).served().node()).isEqualTo("m2"));

    assertThat(millis).isLessThan(1_000);
    assertThat(two.operationIds().get(0)).isEqualTo(one.operationIds().get(1));
    assertThat(millisOf(() -> client.exists("/c"))).isLessThan(200);
  }

  @Test
  void aSlowLeaderThatSaysItLeadsIsNotLeft() {
    FakeMaster one = leader("m1", 1);
    FakeMaster two = follower("m2");
    one.handler = call -> null;
    MetadataClient client = client(Clients.of(one, two).silentAfter(Duration.ofMillis(50)));
    CompletableFuture<Answer<Done>> answer = client.submit(create("/slow"));
    await().until(() -> one.probes.get() >= 5);

    FakeMaster.Received held = one.calls().get(0);
    one.answer(held, one.ok(held.call()));

    get(answer);
    assertThat(one.calls()).hasSize(1);
  }

  @Test
  void theDeadlineOfASentMutationLeavesItsOutcomeUnknown() {
    FakeMaster one = leader("m1", 1);
    one.handler = call -> null;
    MetadataClient client = client(Clients.of(one)).withTimeout(Duration.ofMillis(300));

    MetadataException write = failureOf(() -> client.createFile("/a"));
    MetadataException read = failureOf(() -> client.exists("/a"));

    assertThat(write.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(read.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    // Given up for good, so it may be forgotten.
    one.handler = one::ok;
    client.createFile("/b");
    assertThat(one.calls().get(2).call().getAckedBelow()).isEqualTo(2);
  }

  @Test
  void theDeadlineOfAMutationThatWasNeverSentSaysSo() {
    FakeMaster one = follower("m1");
    MetadataClient client = client(Clients.of(one)).withTimeout(Duration.ofMillis(300));

    MetadataException error = failureOf(() -> client.createFile("/a"));

    assertThat(error.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    assertThat(error.context().get("masters")).contains(one.address() + "=FOLLOWER in term 1");
  }

  @Test
  void theDeadlineOfARefusedMutationNamesTheLastError() {
    FakeMaster one = leader("m1", 1);
    one.handler = call -> one.error(call, ErrorCode.BUSY);
    MetadataClient client = client(Clients.of(one)).withTimeout(Duration.ofSeconds(3));

    MetadataException error = failureOf(() -> client.createFile("/a"));

    assertThat(error.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    assertThat(error.context().get("last error")).contains("BUSY");
    assertThat(one.received.size()).isBetween(2, 60);
  }

  @Test
  void aMutationOnceLostStaysUnknownThoughLaterAttemptsWereRefused() {
    FakeMaster one = leader("m1", 1);
    one.handler = call -> null;
    MetadataClient client = client(Clients.of(one)).withTimeout(Duration.ofMillis(500));
    CompletableFuture<Answer<Done>> answer = client.submit(create("/a"));
    await().until(() -> one.received.size() == 1);
    one.handler = call -> one.error(call, ErrorCode.BUSY);
    one.breakStreams();

    assertThat(failureOf(() -> get(answer)).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(one.received.size()).isGreaterThan(1);
  }

  @Test
  void theIdOfACallThatWasNotCarriedOutDoesNotAge() {
    FakeMaster one = leader("m1", 1);
    one.handler = call -> one.received.size() < 3 ? one.error(call, ErrorCode.BUSY) : one.ok(call);
    MetadataClient client = client(Clients.of(one));

    client.createFile("/a");

    List<OperationId> ids = one.operationIds();
    assertThat(ids.stream().map(OperationId::getSequence)).containsExactly(1L, 1L, 1L);
    assertThat(ids.get(2).getMintedMillis()).isGreaterThan(ids.get(0).getMintedMillis());
  }

  @Test
  void unknownOutcomesAreAskedAgainWithTheSameId() {
    FakeMaster one = leader("m1", 1);
    one.handler =
        call -> one.received.size() < 3 ? one.error(call, ErrorCode.OUTCOME_UNKNOWN) : one.ok(call);
    MetadataClient client = client(Clients.of(one));

    client.createFile("/a");

    assertThat(one.operationIds()).hasSize(3);
    assertThat(one.operationIds().stream().distinct()).hasSize(1);
  }

  @Test
  void withoutRetriesOneAttemptIsOneCallAndTheNextFindsTheNewLeader() {
    FakeMaster one = leader("m1", 1);
    FakeMaster two = follower("m2");
    MetadataClient client = client(Clients.of(one, two).retries(false));
    client.exists("/a");
    // Else it may say that it leads while the next call is on its way to the other one.
    await().until(() -> two.probes.get() > 0);
    one.follows(two.address());
    two.leads(2);

    assertThat(failureOf(() -> client.createFile("/b")).code()).isEqualTo(ErrorCode.NOT_LEADER);
    assertThat(client.createFile("/b").served().node()).isEqualTo("m2");
    two.handler = call -> null;
    CompletableFuture<Answer<Done>> lost = client.submit(create("/c"));
    await().until(() -> two.received.size() == 2);
    two.breakStreams();
    assertThat(failureOf(() -> get(lost)).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
  }

  @Test
  void pinnedCallsGoToTheirMasterOnly() {
    FakeMaster one = leader("m1", 1);
    FakeMaster two = follower("m2").follows(one.address());
    MetadataClient client = client(Clients.of(one, two));
    MetadataClient pinned = client.pinnedTo(two.address());

    MetadataException error = failureOf(() -> pinned.exists("/a"));

    assertThat(error.code()).isEqualTo(ErrorCode.NOT_LEADER);
    assertThat(error.context()).containsEntry("leader", one.address());
    assertThat(one.received).isEmpty();
    assertThat(client.exists("/a").served().node()).isEqualTo("m1");
  }

  @Test
  void aStrangerOnThePortIsToldAtOnce() {
    FakeMaster one = leader("m1", 1);
    MetadataClient client = client(Clients.of(one));
    one.handler =
        call -> {
          one.breakStreams(Status.UNIMPLEMENTED);
          return null;
        };

    assertThat(failureOf(() -> client.exists("/a")).code()).isEqualTo(ErrorCode.UNSUPPORTED);
  }
}
