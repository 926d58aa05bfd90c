package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static io.cadastre.server.sync.SyncFixture.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.client.CompleteOptions;
import io.cadastre.client.DeleteOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.MountOptions;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is being written keeps itself and the directories above it, whatever a sync sees. */
class IncompleteIsKeptTest {
  private static final ReadOptions KNOWN = ReadOptions.DEFAULT.withLoadType(LoadType.NEVER);

  private SyncFixture sync;
  private long file;
  private long directory;

  @BeforeEach
  void start(@TempDir Path storage) {
    sync = new SyncFixture(storage);
    sync.store.write("d/s/old", 1);
    sync.store.write("other", 1);
    sync.start(MountOptions.DEFAULT.withWritable(true));
    sync.load("/m", ALL);
    sync.client.createFile("/m/d/s/new", FileOptions.DEFAULT);
    file = id("/m/d/s/new");
    directory = id("/m/d");
    sync.store.remove("d");
  }

  @AfterEach
  void stop() {
    sync.close();
  }

  private long id(String path) {
    return sync.client.getStatus(path, KNOWN).value().getId();
  }

  private void everythingIsThere() {
    assertThat(id("/m/d")).isEqualTo(directory);
    assertThat(id("/m/d/s/new")).isEqualTo(file);
  }

  /** What lies below could not be known anyway: it is neither told as a difference nor skipped. */
  @Test
  void whereTheStoreHasADirectoryByNow() {
    sync.store.write("d/s/new/inner", 1);
    sync.load("/m", ALL_AGAIN.withDryRun(true));
    assertThat(sync.differences).noneMatch(difference -> difference.contains("inner"));
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getSkipped()).isZero();
    assertThat(progress.getFailuresList()).isEmpty();
    everythingIsThere();
    sync.load("/m", ALL_AGAIN.withDryRun(true));
    assertThat(sync.differences).isEmpty();
  }

  @Test
  void inADirectoryThatTheStoreLost() {
    assertThat(sync.load("/m", ALL_AGAIN.withDryRun(true)).getDeleted()).isZero();
    assertThat(sync.differences).isEmpty();
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getDeleted()).isZero();
    assertThat(progress.getFailuresList()).isEmpty();
    everythingIsThere();
    sync.client.exists("/m/d", AT_ONCE);
    sync.client.exists("/m/d/s", AT_ONCE);
    sync.names("/m/d", AT_ONCE);
    everythingIsThere();
    // The bytes come, then the file is completed, as if nothing had happened.
    sync.store.write("d/s/new", 7);
    sync.client.completeFile("/m/d/s/new", CompleteOptions.DEFAULT);
    assertThat(sync.load("/m", ALL_AGAIN).getDeleted()).isEqualTo(1);
    everythingIsThere();
    assertThat(sync.names("/m/d/s", KNOWN)).containsExactly("new");
  }

  @Test
  void inADirectoryThatBecameAFile() {
    sync.store.write("d", 1);
    assertThat(sync.load("/m", ALL_AGAIN).getReplaced()).isZero();
    everythingIsThere();
    // Nothing noted that the directory was compared: it is looked at again.
    long listings = sync.store.requests(StoreOperation.LIST);
    sync.names("/m", ReadOptions.DEFAULT.withSyncIntervalMillis(3_600_000));
    assertThat(sync.store.requests(StoreOperation.LIST)).isGreaterThan(listings);
    everythingIsThere();
  }

  @Test
  void butNothingElseIs() {
    sync.client.delete("/m/d/s/new", DeleteOptions.DEFAULT);
    assertThat(sync.load("/m", ALL_AGAIN).getDeleted()).isEqualTo(1);
    assertThat(sync.exists("/m/d")).isFalse();
  }
}
