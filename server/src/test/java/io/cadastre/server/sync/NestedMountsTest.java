package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static io.cadastre.server.sync.SyncFixture.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.client.MountOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.ufs.testing.MemoryStore;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in a mount within a mount is nothing that the outer one's store should have. */
class NestedMountsTest {
  private final String nestedName = "nested-" + UUID.randomUUID();
  private final MemoryStore nested = MemoryStore.named(nestedName);
  private SyncFixture sync;

  @BeforeEach
  void start(@TempDir Path directory) {
    sync =
        new SyncFixture(directory).with("cadastre.master.metadata.sync.delete.guard.count", "20");
    for (int i = 0; i < 200; i++) {
      nested.write("n" + i, 1);
    }
  }

  @AfterEach
  void stop() {
    sync.close();
    MemoryStore.forget(nestedName);
  }

  private void mountBoth() {
    sync.start();
    sync.client.mount("/m/n", nested.uri(), MountOptions.DEFAULT);
    sync.load("/m", ALL);
    sync.load("/m/n", ALL);
  }

  @Test
  void itsEntriesDoNotMakeUpForThoseThatAreGone() {
    for (int i = 0; i < 40; i++) {
      sync.store.write("f" + i, 1);
    }
    mountBoth();
    for (int i = 0; i < 30; i++) {
      sync.store.remove("f" + i);
    }
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);

    assertThat(progress.getDeleted()).isZero();
    assertThat(progress.getCondition()).startsWith("GUARDED");
    assertThat(sync.client.count("/m").value().getFiles()).isEqualTo(240);
  }

  @Test
  void anEmptyStoreAroundItIsEmptyByRight() {
    mountBoth();
    assertThat(sync.load("/m", ALL_AGAIN).getFailuresList()).isEmpty();
    assertThat(sync.names("/m", AT_ONCE)).containsExactly("n");
    sync.store.setFlat(true);
    assertThat(sync.load("/m", ALL_AGAIN).getFailuresList()).isEmpty();
    assertThat(sync.client.count("/m").value().getFiles()).isEqualTo(200);
  }
}
