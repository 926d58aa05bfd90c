package io.cadastre.server.namespace.through;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import io.cadastre.client.Answer;
import io.cadastre.core.api.proto.Done;
import io.cadastre.server.transaction.Failpoints;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every kind of change x every point at which its leader can go, with a new leader after it and the
 * old one's threads coming back later. The client repeats its calls with their operation ids.
 */
class FailoverTest {
  private static final List<StoreOperation> MUTATIONS =
      List.of(
          StoreOperation.CREATE_DIRECTORY,
          StoreOperation.DELETE,
          StoreOperation.DELETE_RECURSIVE,
          StoreOperation.RENAME,
          StoreOperation.SET_ATTRIBUTES);

  @ParameterizedTest
  @EnumSource(Failpoints.Point.class)
  void aRetriedCallGetsTheAnswerOfItsOwnEffect(Failpoints.Point point, @TempDir Path directory)
      throws Exception {
    try (WritableMount mount = new WritableMount(directory, "400ms")) {
      Stops stops = new Stops();
      Changes changes = new Changes(mount, "x");
      mount.master.stop();
      mount.master.withFailpoints(stops.at(point)).start();
      mount.status("/data");

      List<CompletableFuture<Answer<Done>>> answers = new ArrayList<>();
      changes.all.forEach(change -> answers.add(mount.client.submit(change.operation())));
      stops.await(answers.size());
      Map<StoreOperation, Long> before = requests(mount);

      mount.master.withFailpoints(Failpoints.NONE).restart();
      mount.status("/data");
      stops.release();

      List<Done> done = new ArrayList<>();
      for (CompletableFuture<Answer<Done>> answer : answers) {
        done.add(answer.get(30, TimeUnit.SECONDS).value());
      }
      assertAll(
          java.util.stream.IntStream.range(0, done.size())
              .mapToObj(i -> () -> changes.all.get(i).check().accept(done.get(i))));
      mount.assertAgree();
      if (point != Failpoints.Point.INTENT_OPENED) {
        assertThat(done).allMatch(Done::getRepeated);
        assertThat(requests(mount)).as("the store is not changed twice").isEqualTo(before);
      }
    }
  }

  private static Map<StoreOperation, Long> requests(WritableMount mount) {
    Map<StoreOperation, Long> requests = new EnumMap<>(StoreOperation.class);
    MUTATIONS.forEach(operation -> requests.put(operation, mount.store.requests(operation)));
    return requests;
  }
}
