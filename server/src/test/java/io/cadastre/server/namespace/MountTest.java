package io.cadastre.server.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountChanges;
import io.cadastre.client.MountOptions;
import io.cadastre.core.api.proto.MountEntry;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.testing.MemoryStore;
import io.cadastre.ufs.testing.StoreOperation;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mounting, seen by a client, with a store in memory. */
class MountTest {
  private final String name = "mount-" + UUID.randomUUID();
  private final MemoryStore store = MemoryStore.named(name);
  private TestMaster master;
  private MetadataClient client;

  @BeforeEach
  void start(@TempDir Path directory) {
    master = TestMaster.in(directory).start();
    client = master.client();
  }

  @AfterEach
  void stop() {
    master.close();
    MemoryStore.forget(name);
  }

  @Test
  void mountsListsUpdatesAndUnmounts() {
    client.mount(
        "/data", store.uri(), MountOptions.DEFAULT.withProperties(Map.of("secret", "env:PATH")));

    MountEntry entry = onlyMount();
    assertThat(entry.getPath()).isEqualTo("/data");
    assertThat(entry.getStoreUri()).isEqualTo(store.uri());
    assertThat(entry.getStoreType()).isEqualTo("memory");
    assertThat(entry.getWritable()).isFalse();
    assertThat(entry.getCondition()).isEmpty();
    assertThat(entry.getOptions(0).getValue()).isEqualTo("***");
    assertThat(client.getStatus("/data").value().getOwner()).isEqualTo("store");

    client.updateMount("/data", MountChanges.NONE.withWritable(true));
    assertThat(onlyMount().getWritable()).isTrue();

    client.unmount("/data");
    assertThat(client.listMounts().value().getMountsList()).isEmpty();
    assertThat(client.exists("/data").value()).isFalse();
    assertThat(store.exists("")).isTrue();
  }

  private MountEntry onlyMount() {
    assertThat(client.listMounts().value().getMountsList()).hasSize(1);
    return client.listMounts().value().getMounts(0);
  }

  @Test
  void mountsSurviveARestart() {
    client.mount("/data", store.uri(), MountOptions.DEFAULT);
    long id = client.getStatus("/data").value().getId();
    master.restart();
    assertThat(onlyMount().getPath()).isEqualTo("/data");
    assertThat(client.getStatus("/data").value().getId()).isEqualTo(id);
  }

  @Test
  void aRefusedMountChangesNothing() {
    refused(ErrorCode.NOT_FOUND, "/a/b", store.uri());
    client.createDirectory("/full/x", DirectoryOptions.DEFAULT.withParents(true));
    refused(ErrorCode.NOT_EMPTY, "/full", store.uri());
    client.mount("/one", store.uri(), MountOptions.DEFAULT);
    store.mkdirs("sub");
    refused(ErrorCode.MOUNT_INTERSECTS, "/two", store.uri() + "sub");
    assertThat(client.listMounts().value().getMountsList()).hasSize(1);
    assertThat(client.exists("/a").value()).isFalse();
    assertThat(client.exists("/two").value()).isFalse();
  }

  @Test
  void aStoreThatFailsIsNotMountedAndItsPathStaysFree() {
    store.faults().on(StoreOperation.IDENTITY).times(3).fail(Kind.UNKNOWN);
    assertThatThrownBy(
            () -> client.withRetries(false).mount("/data", store.uri(), MountOptions.DEFAULT))
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE));
    store.faults().clear();
    client.mount("/data", store.uri(), MountOptions.DEFAULT);
  }

  private void refused(ErrorCode code, String path, String uri) {
    assertThatThrownBy(() -> client.mount(path, uri, MountOptions.DEFAULT))
        .isInstanceOfSatisfying(MetadataException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
