package io.cadastre.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.api.proto.DiffPage;
import io.cadastre.core.api.proto.DiffRequest;
import io.cadastre.core.api.proto.Difference;
import io.cadastre.server.namespace.NamespaceService.FollowedLoad;
import io.cadastre.server.sync.EndlessDryRun;
import io.cadastre.server.sync.SyncService;
import io.cadastre.server.transaction.Caller;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who ends a comparison whose reader is no use. */
@Timeout(60)
class DiffStreamTest {
  private static final Caller ADMIN = new Caller("admin", List.of(), true, "test");
  private static final DiffRequest REQUEST = DiffRequest.newBuilder().setPath("/m").build();
  private static final Difference FOUND = Difference.newBuilder().setPath("/m/found").build();

  private final AuditLog audit = new AuditLog("m1", lines -> {});
  private final TestingReader<DiffPage> reader = new TestingReader<>();
  private final SyncService.Load run = new EndlessDryRun().start();

  @AfterEach
  void stop() {
    run.progress().cancel();
    audit.close();
  }

  private DiffStream stream(Duration patience) {
    return new DiffStream(reader, REQUEST, ADMIN, "m1", audit, patience);
  }

  private static void findUntilNobodyWantsIt(DiffStream stream) {
    assertThatThrownBy(
            () -> {
              while (true) {
                stream.found(FOUND);
              }
            })
        .isInstanceOf(InterruptedException.class);
  }

  private void assertTold(String code) {
    assertThat(reader.completed).isTrue();
    assertThat(reader.last().getError().getCode()).isEqualTo(code);
  }

  @Test
  void aReaderThatLeavesEndsARunThatFindsNothing() {
    DiffStream stream = stream(Duration.ofHours(1));
    stream.follow(new FollowedLoad(run, () -> false));
    reader.cancel();
    await().until(run.done()::isDone);
  }

  @Test
  void aReaderThatHasLeftBeforeItBegan() {
    DiffStream stream = stream(Duration.ofHours(1));
    reader.cancel();
    stream.follow(new FollowedLoad(run, () -> false));
    await().until(run.done()::isDone);
  }

  @Test
  void aReaderThatTakesNothing() {
    reader.room = 0;
    DiffStream stream = stream(Duration.ofMillis(200));
    stream.follow(new FollowedLoad(run, () -> false));
    findUntilNobodyWantsIt(stream);
    assertTold("DEADLINE_EXCEEDED");
    await().until(run.done()::isDone);
  }

  @Test
  void theEndOfTheTerm() {
    reader.room = 0;
    DiffStream stream = stream(Duration.ofHours(1));
    stream.follow(new FollowedLoad(run, () -> true));
    findUntilNobodyWantsIt(stream);
    assertTold("NOT_LEADER");
  }
}
