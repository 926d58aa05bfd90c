package io.cadastre.client;

import static io.cadastre.client.Clients.failureOf;
import static io.cadastre.client.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PipelineTest {
  private final FakeMaster master = FakeMaster.leader("m1", 3);

  @AfterEach
  void stop() {
    master.close();
  }

  private static Operation<FileStatus> stat(String path) {
    return Operation.getStatus(path, ReadOptions.DEFAULT);
  }

  @Test
  void anAnswerSaysWhereAndWhenItWasRead() {
    try (MetadataClient client = Clients.of(master).build()) {
      Answer<FileStatus> answer = client.getStatus("/a");

      assertThat(answer.value().getPath()).isEqualTo("/a");
      assertThat(answer.served()).isEqualTo(new Served(1, 3, "m1", 0, ""));
      client.exists("/b");
      assertThat(client.lastSeenIndex()).isEqualTo(2);
      assertThat(master.calls().get(1).call().getSessionIndex()).isEqualTo(1);
    }
  }

  @Test
  void answersMayComeInAnyOrder() {
    master.handler = call -> null;
    try (MetadataClient client = Clients.of(master).build()) {
      List<CompletableFuture<Answer<FileStatus>>> answers =
          client.batch(IntStream.range(0, 100).mapToObj(i -> stat("/f" + i)).toList());
      await().until(() -> master.received.size() == 100);

      List<FakeMaster.Received> held = new ArrayList<>(master.calls());
      java.util.Collections.reverse(held);
      held.forEach(call -> master.answer(call, master.ok(call.call())));

      for (int i = 0; i < 100; i++) {
        assertThat(get(answers.get(i)).value().getPath()).isEqualTo("/f" + i);
      }
    }
  }

  @Test
  void framesCarryWhatQueuedUpAndKeepTheirBounds() {
    try (MetadataClient client = Clients.of(master).maxFrameCalls(64).build()) {
      client.batch(IntStream.range(0, 5_000).mapToObj(i -> stat("/f" + i)).toList()).stream()
          .forEach(Clients::get);

      assertThat(master.frameSizes).allMatch(size -> size <= 64);
      assertThat(master.frameSizes.size()).isLessThan(1_000);
    }
  }

  @Test
  void framesKeepTheirBoundInBytes() {
    ByteString kilobyte = ByteString.copyFrom(new byte[1_000]);
    DirectoryOptions options = DirectoryOptions.DEFAULT.withXattrs(Map.of("x", kilobyte));
    try (MetadataClient client = Clients.of(master).maxFrameBytes(10_500).build()) {
      List<Operation<Done>> creates =
          IntStream.range(0, 200)
              .mapToObj(i -> Operation.createDirectory("/d" + i, options))
              .toList();
      client.batch(creates).forEach(Clients::get);

      assertThat(master.frameSizes).allMatch(size -> size <= 10);
    }
  }

  @Test
  void aCallOverTheLimitIsRefusedHereAndHurtsNobody() {
    ByteString large = ByteString.copyFrom(new byte[3 << 20]);
    try (MetadataClient client = Clients.of(master).build()) {
      MetadataException error =
          failureOf(
              () ->
                  client.createDirectory(
                      "/d", DirectoryOptions.DEFAULT.withXattrs(Map.of("x", large))));

      assertThat(error.code()).isEqualTo(ErrorCode.TOO_LARGE);
      assertThat(client.exists("/a").value()).isTrue();
    }
  }

  @Test
  void beyondTheBoundCallsAreRefusedAsBusy() {
    master.handler = call -> null;
    try (MetadataClient client = Clients.of(master).maxOutstanding(100).build()) {
      List<CompletableFuture<Answer<FileStatus>>> answers =
          client.batch(IntStream.range(0, 100).mapToObj(i -> stat("/f" + i)).toList());

      MetadataException error = failureOf(() -> get(client.submit(stat("/one-too-many"))));
      assertThat(error.code()).isEqualTo(ErrorCode.BUSY);

      await().until(() -> master.received.size() == 100);
      master.handler = master::ok;
      master.calls().forEach(call -> master.answer(call, master.ok(call.call())));
      answers.forEach(Clients::get);
      assertThat(client.exists("/again").value()).isTrue();
    }
  }

  @Test
  void manyThreadsShareOneStream() throws Exception {
    int threads = 128;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (MetadataClient client = Clients.of(master).build()) {
      List<Future<Integer>> runs = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int thread = t;
        runs.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < 100; i++) {
                    String path = "/t" + thread + "/" + i;
                    assertThat(client.getStatus(path).value().getPath()).isEqualTo(path);
                    client.createFile(path);
                  }
                  return 200;
                }));
      }
      for (Future<Integer> run : runs) {
        assertThat(run.get()).isEqualTo(200);
      }
      Set<Long> sequences = new HashSet<>();
      master.calls().stream()
          .filter(call -> call.call().hasCreateFile())
          .forEach(call -> sequences.add(call.call().getOperationId().getSequence()));
      assertThat(sequences).hasSize(threads * 100);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void settledOperationsAreAcknowledged() {
    try (MetadataClient client = Clients.of(master).build()) {
      for (int i = 0; i < 5; i++) {
        client.createFile("/f" + i);
      }
      assertThat(master.calls())
          .extracting(call -> call.call().getAckedBelow())
          .containsExactly(1L, 2L, 3L, 4L, 5L);

      master.handler = call -> null;
      CompletableFuture<Answer<Done>> held =
          client.submit(Operation.createFile("/held", FileOptions.DEFAULT));
      await().until(() -> master.received.size() == 6);
      master.handler = master::ok;
      client.createFile("/next");
      client.createFile("/after");

      // The sixth is not answered: nothing above it may be forgotten.
      assertThat(master.calls().get(7).call().getAckedBelow()).isEqualTo(6);
      FakeMaster.Received sixth = master.calls().get(5);
      master.answer(sixth, master.ok(sixth.call()));
      get(held);
      client.createFile("/last");
      assertThat(master.calls().get(8).call().getAckedBelow()).isEqualTo(9);
    }
  }

  @Test
  void viewsChangeTheCallerOfTheirCallsOnly() {
    CallerIdentity eve = new CallerIdentity("eve", List.of("staff"));
    try (MetadataClient client = Clients.of(master).build()) {
      client.getStatus("/a");
      client.withCaller(eve).getStatus("/b");
      List<CompletableFuture<Answer<FileStatus>>> mixed = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        mixed.add(client.submit(stat("/mine")));
        mixed.add(client.withCaller(eve).submit(stat("/hers")));
      }
      mixed.forEach(Clients::get);

      for (FakeMaster.Received call : master.calls()) {
        String path = call.call().getGetStatus().getPath();
        boolean hers = path.equals("/b") || path.equals("/hers");
        assertThat(call.user()).as(path).isEqualTo(hers ? "eve" : "tester");
      }
    }
  }

  @Test
  void aViewsTimeoutTravelsWithItsCalls() {
    try (MetadataClient client = Clients.of(master).build()) {
      client.withTimeout(java.time.Duration.ofMillis(700)).exists("/a");
      client.exists("/a");

      assertThat(master.calls().get(0).call().getTimeoutMillis()).isBetween(1, 700);
      assertThat(master.calls().get(1).call().getTimeoutMillis()).isBetween(5_000, 10_000);
    }
  }

  @Test
  void futuresCompleteOnTheCallbackExecutor() {
    ExecutorService pool = Executors.newSingleThreadExecutor(task -> new Thread(task, "callbacks"));
    try (MetadataClient client = Clients.of(master).callbackExecutor(pool).build()) {
      master.handler = call -> null;
      CompletableFuture<String> thread =
          client.async().getStatus("/a").thenApply(answer -> Thread.currentThread().getName());
      await().until(() -> master.received.size() == 1);
      master.answer(master.calls().get(0), master.ok(master.calls().get(0).call()));

      assertThat(get(thread)).isEqualTo("callbacks");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aBlockingCallOnTheIoThreadIsRefusedInsteadOfHanging() {
    try (MetadataClient client = Clients.of(master).build()) {
      master.handler = call -> null;
      CompletableFuture<Boolean> nested =
          client.async().getStatus("/a").thenApply(answer -> client.exists("/b").value());
      await().until(() -> master.received.size() == 1);
      master.answer(master.calls().get(0), master.ok(master.calls().get(0).call()));

      assertThatThrownBy(() -> get(nested)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void closingEndsWhatIsUnderWay() {
    master.handler = call -> null;
    MetadataClient client = Clients.of(master).build();
    CompletableFuture<Answer<FileStatus>> read = client.submit(stat("/a"));
    CompletableFuture<Answer<Done>> write =
        client.submit(Operation.createFile("/b", FileOptions.DEFAULT));
    await().until(() -> master.received.size() == 2);

    client.close();

    assertThat(failureOf(() -> get(read)).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(failureOf(() -> get(write)).code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN);
    assertThat(failureOf(() -> client.exists("/c")).code()).isEqualTo(ErrorCode.UNAVAILABLE);
  }
}
