package io.cadastre.client;

import static io.cadastre.client.Clients.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LoadAndAdminTest {
  private final FakeMaster one = FakeMaster.leader("m1", 1);
  private final FakeMaster two = FakeMaster.follower("m2");

  @AfterEach
  void stop() {
    one.close();
    two.close();
  }

  private static LoadMetadataProgress progress(long files, boolean finished) {
    return LoadMetadataProgress.newBuilder().setFiles(files).setFinished(finished).build();
  }

  @Test
  void progressIsToldAndTheSummaryReturned() {
    one.loader =
        (request, out) -> {
          assertThat(request.getForce()).isTrue();
          out.onNext(progress(10, false));
          out.onNext(progress(25, true));
          out.onCompleted();
        };
    List<Long> told = new ArrayList<>();
    try (MetadataClient client = Clients.of(one).build()) {
      LoadMetadataProgress last =
          client.loadMetadata(
              "/d", LoadOptions.DEFAULT.withForce(true), p -> told.add(p.getFiles()));

      assertThat(told).containsExactly(10L, 25L);
      assertThat(last.getFiles()).isEqualTo(25);
    }
  }

  @Test
  void aLoadThatBreaksOffSaysSoAndIsNotStartedAgain() {
    List<String> starts = new ArrayList<>();
    one.loader =
        (request, out) -> {
          starts.add(request.getPath());
          out.onNext(progress(10, false));
          out.onError(Status.UNAVAILABLE.asException());
        };
    try (MetadataClient client = Clients.of(one).build()) {
      MetadataException error =
          failureOf(() -> client.loadMetadata("/d", LoadOptions.DEFAULT, p -> {}));

      assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(error).hasMessageContaining("run it again");
      assertThat(starts).hasSize(1);
    }
  }

  @Test
  void aLoadThatWasRefusedGoesToTheLeader() {
    one.loader =
        (request, out) -> {
          one.follows(two.address());
          two.leads(2);
          out.onNext(
              LoadMetadataProgress.newBuilder()
                  .setError(ErrorInfos.toProto(new MetadataException(ErrorCode.NOT_LEADER, "no")))
                  .build());
          out.onCompleted();
        };
    two.loader =
        (request, out) -> {
          out.onNext(progress(3, true));
          out.onCompleted();
        };
    try (MetadataClient client = Clients.of(one, two).build()) {
      assertThat(client.loadMetadata("/d", LoadOptions.DEFAULT, p -> {}).getFiles()).isEqualTo(3);
    }
  }

  @Test
  void everyMasterIsAskedAtOnceAndAFrozenOneIsReported() {
    try (FrozenPort frozen = new FrozenPort();
        MetadataClient client =
            Clients.of(one.address(), frozen.address(), two.address())
                .probeTimeout(Duration.ofMillis(300))
                .build()) {
      long begin = System.nanoTime();
      List<NodeAnswer> answers = client.admin().nodeInfos();

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
      assertThat(answers)
          .extracting(NodeAnswer::master)
          .containsExactly(one.address(), frozen.address(), two.address());
      assertThat(answers.get(0).info().orElseThrow().getRole()).isEqualTo("LEADER");
      assertThat(answers.get(1).error().orElseThrow().code())
          .isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
      assertThat(answers.get(2).info().orElseThrow().getRole()).isEqualTo("FOLLOWER");
    }
  }

  @Test
  void whoeverAsksAClosedClientIsAnswered() {
    MetadataClient client = Clients.of(one, two).probeTimeout(Duration.ofMillis(300)).build();
    client.close();

    assertThat(client.admin().nodeInfos())
        .hasSize(2)
        .allMatch(answer -> answer.error().orElseThrow().code() == ErrorCode.UNAVAILABLE);
  }

  @Test
  void theQuorumIsAskedFromWhoeverLeads() {
    try (MetadataClient client = Clients.of(one, two).silentAfter(Duration.ofMillis(100)).build()) {
      assertThat(client.admin().quorum().getLeader()).isEqualTo("m1");
      one.frozen = true;
      two.leads(2);

      assertThat(client.admin().quorum().getLeader()).isEqualTo("m2");
    }
  }

  @Test
  void wrongSettingsAreNamed() {
    assertThat(failureOf(() -> Clients.of("localhost").build()))
        .hasMessageContaining("host:port expected, got 'localhost'");
    assertThat(failureOf(() -> Clients.of("h:99999").build())).hasMessageContaining("65535");
    assertThat(failureOf(() -> MetadataClient.builder().build())).hasMessageContaining("masters");
    assertThat(failureOf(() -> Clients.of("h:1").callTimeout(Duration.ZERO).build()).context())
        .containsEntry("field", "callTimeout");
    assertThat(failureOf(() -> Clients.of("h:1").maxFrameCalls(4_097).build()).context())
        .containsEntry("field", "maxFrameCalls");
    assertThat(failureOf(() -> Clients.of("h:1").maxOutstanding(0).build()).context())
        .containsEntry("field", "maxOutstanding");
  }
}
