package io.cadastre.server.namespace.through;

import static io.cadastre.server.namespace.through.WritableMount.code;
import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.client.Answer;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.Operation;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.server.transaction.Failpoints;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a new leader does while the store does not tell it what became of an open intent. */
class InheritedIntentTest {
  @Test
  void thePathStaysLockedUntilTheStoreAnswers(@TempDir Path directory) throws Exception {
    try (WritableMount mount = new WritableMount(directory, "300ms")) {
      mount.directory("/data/parent");
      Stops stops = new Stops();
      mount.master.stop();
      mount
          .master
          .withFailpoints(stops.at(Failpoints.Point.STORE_CHANGE_DONE))
          .with("cadastre.master.lock.timeout", "300ms")
          .start();
      CompletableFuture<Answer<Done>> answer =
          mount.client.submit(
              Operation.createDirectory("/data/parent/new", DirectoryOptions.DEFAULT));
      stops.await(1);
      mount.store.faults().on(StoreOperation.STATUS).fail(Kind.UNKNOWN);
      mount.master.withFailpoints(Failpoints.NONE).restart();
      stops.release();
      mount.status("/data");

      MetadataClient once = mount.client.withRetries(false).withTimeout(Duration.ofSeconds(5));
      assertThat(code(() -> once.createDirectory("/data/parent/new")))
          .isEqualTo(ErrorCode.LOCK_TIMEOUT);
      assertThat(code(() -> once.rename("/data/parent", "/data/moved", false)))
          .isEqualTo(ErrorCode.LOCK_TIMEOUT);
      assertThat(mount.exists("/data/parent/new")).isFalse();
      once.createDirectory("/data/parent/neighbour");
      assertThat(answer).isNotDone();

      mount.store.faults().clear();
      Done done = answer.get(20, TimeUnit.SECONDS).value();
      assertThat(done.getRepeated()).isTrue();
      assertThat(mount.status("/data/parent/new").getId()).isEqualTo(done.getInodeId());
      mount.client.rename("/data/parent", "/data/moved", false);
      mount.assertAgree();
    }
  }
}
