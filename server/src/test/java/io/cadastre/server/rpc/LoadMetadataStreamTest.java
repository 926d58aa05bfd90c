package io.cadastre.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadMetadataRequest;
import io.cadastre.server.namespace.NamespaceService.FollowedLoad;
import io.cadastre.server.sync.EndlessDryRun;
import io.cadastre.server.sync.SyncService;
import io.cadastre.server.transaction.Caller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A dry run is held up by its reader, but not for ever: it holds threads, and a view. */
@Timeout(60)
class LoadMetadataStreamTest {
  private static final Caller ADMIN = new Caller("admin", List.of(), true, "test");
  private static final LoadMetadataRequest DRY =
      LoadMetadataRequest.newBuilder().setPath("/m").setDryRun(true).build();
  private static final Duration LONG = Duration.ofHours(1);

  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<String> audited = Collections.synchronizedList(new ArrayList<>());
  private final AuditLog audit =
      new AuditLog("m1", lines -> Collections.addAll(audited, lines.toString().split("\n")));
  private final TestingReader<LoadMetadataProgress> reader = new TestingReader<>();
  private final AtomicBoolean termOver = new AtomicBoolean();
  private final SyncService.Load run = new EndlessDryRun().start();

  @AfterEach
  void stop() {
    run.progress().cancel();
    timer.shutdownNow();
    audit.close();
  }

  private void follow(Duration patience) {
    new LoadMetadataStream(reader, DRY, ADMIN, "m1", audit, patience)
        .follow(new FollowedLoad(run, termOver::get), timer);
  }

  private void assertEnded(String result) {
    await().until(run.done()::isDone);
    await()
        .untilAsserted(
            () ->
                assertThat(audited)
                    .singleElement()
                    .asString()
                    .contains("op=load_metadata path=/m result=" + result + " "));
  }

  private void assertTold(String code) {
    await().until(() -> reader.completed);
    assertThat(reader.last().getError().getCode()).isEqualTo(code);
    assertThat(reader.last().getFinished()).isTrue();
  }

  @Test
  void aReaderThatTakesNothingEndsIt() {
    reader.room = 1;
    follow(Duration.ofMillis(300));
    assertTold("DEADLINE_EXCEEDED");
    assertEnded("DEADLINE_EXCEEDED");
    assertThat(reader.messages).hasSize(2);
  }

  @Test
  void aReaderThatTakesWhatThereIsHoldsItUpForAsLongAsItLikes() {
    follow(Duration.ofMillis(300));
    await().until(() -> reader.messages.size() > 5);
    assertThat(run.done()).isNotDone();
  }

  @Test
  void theEndOfTheTermEndsIt() {
    reader.room = 0;
    follow(LONG);
    termOver.set(true);
    assertTold("NOT_LEADER");
    assertEnded("NOT_LEADER");
  }

  @Test
  void aReaderThatLeavesEndsIt() {
    reader.room = 0;
    follow(LONG);
    reader.cancel();
    assertEnded("LEFT");
    assertThat(reader.messages).isEmpty();
  }
}
