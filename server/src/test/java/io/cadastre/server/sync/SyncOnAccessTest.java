package io.cadastre.server.sync;

import static io.cadastre.server.sync.SyncFixture.ALL;
import static io.cadastre.server.sync.SyncFixture.ALL_AGAIN;
import static io.cadastre.server.sync.SyncFixture.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cadastre.client.AttributeChanges;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MountOptions;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadType;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a path is compared with its store, and what a comparison does. */
class SyncOnAccessTest {
  private static final ReadOptions AN_HOUR = ReadOptions.DEFAULT.withSyncIntervalMillis(3_600_000);

  private SyncFixture sync;

  @BeforeEach
  void start(@TempDir Path directory) {
    sync = new SyncFixture(directory);
    sync.store.write("d/a", 1);
    sync.store.write("d/b", 2);
    sync.store.write("d/s/deep", 3);
  }

  @AfterEach
  void stop() {
    sync.close();
  }

  @Test
  void withoutAnIntervalADirectoryIsLoadedOnceAndThenLeft() {
    sync.start();
    assertThat(sync.names("/m/d")).containsExactly("a", "b", "s");
    long listings = sync.store.requests(StoreOperation.LIST);
    sync.store.write("d/c", 1);
    sync.store.write("d/a", 100);
    sync.store.remove("d/b");
    assertThat(sync.names("/m/d")).containsExactly("a", "b", "s");
    assertThat(sync.stat("/m/d/a").getSize()).isEqualTo(1);
    assertThat(sync.store.requests(StoreOperation.LIST)).isEqualTo(listings);
  }

  @Test
  void intervalZeroFindsWhatChangedAndKeepsIds() {
    sync.start(MountOptions.DEFAULT.withWritable(true));
    assertThat(sync.names("/m/d")).contains("a");
    sync.client.setAttributes(
        "/m/d/a", AttributeChanges.NONE.xattr("user.k", ByteString.copyFromUtf8("v")));
    FileStatus before = sync.stat("/m/d/a");
    sync.store.write("d/a", 100);
    sync.store.write("d/c", 1);
    sync.store.remove("d/b");

    assertThat(sync.client.getStatus("/m/d/a", AT_ONCE).value().getSize()).isEqualTo(100);
    assertThat(sync.names("/m/d", AT_ONCE)).containsExactly("a", "c", "s");
    FileStatus after = sync.stat("/m/d/a");
    assertThat(after.getId()).isEqualTo(before.getId());
    assertThat(after.getXattrsList()).isEqualTo(before.getXattrsList()).hasSize(1);
    assertThat(sync.client.exists("/m/d/b", AT_ONCE).value()).isFalse();
  }

  /** As on S3: the namespace has what the store cannot hold, and keeps it. */
  @Test
  void whereTheStoreHasNoOwnersTheMountPointsOwnerOwnsAndWhatIsSetStays() {
    sync.store.setOwnership(false);
    sync.store.attributes("d", "", "", null);
    sync.store.attributes("d/a", "", "", null);
    sync.start(MountOptions.DEFAULT.withWritable(true));
    FileStatus mount = sync.stat("/m");
    assertThat(mount.getOwner()).isNotEmpty();
    sync.load("/m", ALL);
    assertThat(sync.stat("/m/d").getOwner()).isEqualTo(mount.getOwner());
    FileStatus file = sync.stat("/m/d/a");
    assertThat(file.getOwner()).isEqualTo(mount.getOwner());
    assertThat(file.getGroup()).isEqualTo(mount.getGroup());

    sync.client.setAttributes("/m/d/a", AttributeChanges.NONE.owner("eve").mode(0600));
    assertThat(sync.load("/m", ALL_AGAIN).getUpdated()).isZero();
    assertThat(sync.stat("/m/d/a").getMode()).isEqualTo(0600);
    sync.store.write("d/a", 100);
    assertThat(sync.load("/m", ALL_AGAIN).getUpdated()).isEqualTo(1);
    FileStatus after = sync.stat("/m/d/a");
    assertThat(after.getSize()).isEqualTo(100);
    assertThat(after.getOwner()).isEqualTo("eve");
    assertThat(after.getMode()).isEqualTo(0600);
  }

  @Test
  void withinAnIntervalNothingIsAskedAgain() {
    sync.start();
    sync.names("/m/d", AN_HOUR);
    long requests = requests();
    sync.store.write("d/a", 100);
    sync.names("/m/d", AN_HOUR);
    assertThat(sync.client.getStatus("/m/d/a", AN_HOUR).value().getSize()).isEqualTo(1);
    assertThat(requests()).isEqualTo(requests);
    // The marks are journaled: a new leader, and one that lost none, asks no more.
    sync.names("/m/d/s", AT_ONCE);
    assertThat(
            sync.client.getStatus("/m/d/a", ReadOptions.DEFAULT.withSyncIntervalMillis(1)).value())
        .satisfies(status -> assertThat(status.getSize()).isEqualTo(100));
  }

  private long requests() {
    return sync.store.requests(StoreOperation.LIST) + sync.store.requests(StoreOperation.STATUS);
  }

  @Test
  void loadTypesLoadWhatIsMissingAndTouchNothingElse() {
    sync.start();
    ReadOptions never = ReadOptions.DEFAULT.withLoadType(LoadType.NEVER);
    ReadOptions always = ReadOptions.DEFAULT.withLoadType(LoadType.ALWAYS);
    assertThat(sync.names("/m", never)).isEmpty();
    assertThat(sync.client.exists("/m/d/a", never).value()).isFalse();
    assertThat(sync.exists("/m/d/a")).isTrue();
    assertThat(sync.names("/m/d", never)).containsExactly("a");
    sync.names("/m/d");
    sync.store.write("d/a", 100);
    sync.store.write("d/c", 1);
    sync.store.remove("d/b");
    assertThat(sync.names("/m/d", always)).containsExactly("a", "b", "c", "s");
    assertThat(sync.stat("/m/d/a").getSize()).isEqualTo(1);
  }

  @Test
  void anUnknownPathIsAskedForAlsoWhereTheDirectoryWasLoaded() {
    sync.start();
    sync.load("/m", ALL);
    ReadOptions never = ReadOptions.DEFAULT.withLoadType(LoadType.NEVER);
    sync.store.write("d/late", 4);
    sync.store.write("d/t/u/deep", 5);
    assertThat(sync.client.exists("/m/d/late", never).value()).isFalse();
    assertThat(sync.stat("/m/d/late").getSize()).isEqualTo(4);
    assertThat(sync.stat("/m/d/t/u/deep").getSize()).isEqualTo(5);
    // What is known is not asked for, and what was listed a moment ago is known not to be there.
    long requests = requests();
    sync.stat("/m/d/late");
    assertThat(requests()).isEqualTo(requests);
    sync.names("/m/d", AN_HOUR);
    requests = requests();
    assertThat(sync.client.exists("/m/d/nothing", AN_HOUR).value()).isFalse();
    assertThat(requests()).isEqualTo(requests);
    // A directory that nobody knew is listed too.
    sync.store.write("d/v/w", 6);
    assertThat(sync.names("/m/d/v")).containsExactly("w");
  }

  private boolean statAsks(ReadOptions options) {
    long before = requests();
    sync.client.exists("/m/d/a", options);
    return requests() > before;
  }

  @Test
  void theIntervalIsThatOfTheCallElseThePolicyElseTheClientElseTheMaster() {
    String key = "cadastre.user.file.metadata.sync.interval";
    sync.with(key, "0").start();
    sync.load("/m", ALL_AGAIN);
    ReadOptions client = ReadOptions.DEFAULT.withDefaultSyncIntervalMillis(3_600_000);
    assertThat(statAsks(ReadOptions.DEFAULT)).isTrue();
    assertThat(statAsks(client)).isFalse();
    sync.client.setPolicy("/m/d", Map.of(key, "0"));
    assertThat(statAsks(client)).isTrue();
    assertThat(statAsks(client.withSyncIntervalMillis(3_600_000))).isFalse();
    sync.client.setPolicy("/m/d", Map.of(key, "1h"));
    assertThat(statAsks(ReadOptions.DEFAULT.withDefaultSyncIntervalMillis(0))).isFalse();
    assertThat(statAsks(ReadOptions.DEFAULT.withSyncIntervalMillis(0))).isTrue();
  }

  @Test
  void theLoadTypeIsThatOfTheCallElseThePolicyElseTheClientElseTheMaster() {
    String key = "cadastre.user.file.metadata.load.type";
    sync.with(key, "NEVER").start();
    ReadOptions client = ReadOptions.DEFAULT.withDefaultLoadType(LoadType.ONCE);
    ReadOptions call = client.withLoadType(LoadType.NEVER);
    assertThat(sync.exists("/m/d/a")).isFalse();
    assertThat(sync.client.exists("/m/d/a", call).value()).isFalse();
    assertThat(sync.client.exists("/m/d/a", client).value()).isTrue();
    sync.client.setPolicy("/m/d", Map.of(key, "NEVER"));
    assertThat(sync.client.exists("/m/d/b", client).value()).isFalse();
    assertThat(sync.client.exists("/m/d/b", client.withLoadType(LoadType.ONCE)).value()).isTrue();
  }

  @Test
  void loadMetadataWithAndWithoutSubtreeAndForceAndDryRun() {
    sync.start();
    LoadMetadataProgress dry = sync.load("/m", ALL.withDryRun(true));
    assertThat(dry.getCreated()).isEqualTo(5);
    assertThat(sync.differences)
        .containsExactlyInAnyOrder(
            "create /m/d", "create /m/d/a", "create /m/d/b", "create /m/d/s", "create /m/d/s/deep");
    assertThat(sync.names("/m", ReadOptions.DEFAULT.withLoadType(LoadType.NEVER))).isEmpty();

    sync.load("/m/d", LoadOptions.DEFAULT);
    ReadOptions never = ReadOptions.DEFAULT.withLoadType(LoadType.NEVER);
    assertThat(sync.names("/m/d", never)).containsExactly("a", "b", "s");
    assertThat(sync.names("/m/d/s", never)).isEmpty();
    sync.load("/m", ALL);
    assertThat(sync.names("/m/d/s", never)).containsExactly("deep");

    sync.store.remove("d/b");
    sync.store.write("d/s/deep", 30);
    sync.load("/m", ALL);
    assertThat(sync.exists("/m/d/b")).isTrue();
    assertThat(sync.load("/m", ALL_AGAIN.withDryRun(true)).getDeleted()).isEqualTo(1);
    assertThat(sync.differences).contains("delete /m/d/b", "update /m/d/s/deep");
    assertThat(sync.exists("/m/d/b")).isTrue();
    LoadMetadataProgress forced = sync.load("/m", ALL_AGAIN);
    assertThat(forced.getDeleted()).isEqualTo(1);
    assertThat(sync.exists("/m/d/b")).isFalse();
    assertThat(sync.stat("/m/d/s/deep").getSize()).isEqualTo(30);
  }

  @Test
  void filesAndDirectoriesReplaceEachOther() {
    sync.start();
    sync.load("/m", ALL);
    long directory = sync.stat("/m/d/s").getId();
    sync.store.remove("d/s");
    sync.store.write("d/s", 9);
    sync.store.remove("d/a");
    sync.store.write("d/a/below", 8);
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getReplaced()).isEqualTo(2);
    assertThat(sync.stat("/m/d/s").getKind()).isEqualTo(InodeKind.FILE);
    assertThat(sync.stat("/m/d/s").getId()).isNotEqualTo(directory);
    assertThat(sync.stat("/m/d/a/below").getSize()).isEqualTo(8);
    assertThat(sync.load("/m", ALL_AGAIN).getUnchanged()).isEqualTo(5);
  }

  @Test
  void aPathBelowAFileIsNotFoundAndNoFaultOfTheStore() {
    sync.start();
    sync.load("/m", ALL);
    assertThat(sync.client.exists("/m/d/a/x", AT_ONCE).value()).isFalse();
  }

  @Test
  void aMountInAMountAndTheWayToItAreKept() {
    sync.start();
    sync.load("/m", ALL);
    String inner = "inner-" + System.nanoTime();
    io.cadastre.ufs.testing.MemoryStore other = io.cadastre.ufs.testing.MemoryStore.named(inner);
    other.write("file", 1);
    sync.client.mount("/m/d/s/mount", other.uri(), MountOptions.DEFAULT);
    sync.load("/m/d/s/mount", ALL);
    sync.store.remove("d/s");
    LoadMetadataProgress progress = sync.load("/m", ALL_AGAIN);
    assertThat(progress.getFailuresList()).isEmpty();
    assertThat(sync.names("/m/d", AT_ONCE)).containsExactly("a", "b", "s");
    assertThat(sync.exists("/m/d/s/mount/file")).isTrue();
  }
}
