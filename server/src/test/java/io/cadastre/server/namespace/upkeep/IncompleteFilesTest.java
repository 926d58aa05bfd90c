package io.cadastre.server.namespace.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cadastre.client.FileOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that nobody completes: one outside mounts, and three on a mount, one for each answer. */
class IncompleteFilesTest {
  private static final ReadOptions KNOWN = ReadOptions.DEFAULT.withLoadType(LoadType.NEVER);

  @Test
  void expireByWhatTheStoreSays(@TempDir Path directory) {
    String name = "incomplete-" + UUID.randomUUID();
    MemoryStore store = MemoryStore.named(name);
    try (TestMaster master =
        TestMaster.in(directory)
            .with("cadastre.master.file.incomplete.ttl", "1s")
            .with("cadastre.master.file.incomplete.scan.interval", "1s")
            .with("cadastre.user.file.metadata.load.type", "NEVER")
            .start()) {
      MetadataClient client = master.client();
      client.mount("/data", store.uri(), MountOptions.DEFAULT.withWritable(true));
      client.createFile("/outside");
      client.createFile("/complete", FileOptions.DEFAULT.withComplete(true));
      long present = client.createFile("/data/present").value().getInodeId();
      client.createFile("/data/absent");
      client.createFile("/data/unknown");
      store.write("present", 11);
      store.faults().on(StoreOperation.STATUS).at("unknown").fail(Kind.UNKNOWN);

      await()
          .atMost(Duration.ofSeconds(15))
          .until(
              () ->
                  !client.exists("/outside").value()
                      && !client.exists("/data/absent", KNOWN).value()
                      && !client.getStatus("/data/present", KNOWN).value().getIncomplete());
      FileStatus completed = client.getStatus("/data/present", KNOWN).value();
      assertThat(completed.getId()).isEqualTo(present);
      assertThat(completed.getSize()).isEqualTo(11);
      assertThat(client.getStatus("/data/unknown", KNOWN).value().getIncomplete()).isTrue();
      assertThat(client.exists("/complete").value()).isTrue();

      store.faults().clear();
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> !client.exists("/data/unknown", KNOWN).value());
    } finally {
      MemoryStore.forget(name);
    }
  }
}
