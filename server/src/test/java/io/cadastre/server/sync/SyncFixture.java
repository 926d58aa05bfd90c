package io.cadastre.server.sync;

import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.ufs.testing.MemoryStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A master with a store in memory mounted at `/m`. Used by one thread. */
final class SyncFixture implements AutoCloseable {
  static final LoadOptions ALL = LoadOptions.DEFAULT.withRecursive(true);
  static final LoadOptions ALL_AGAIN = ALL.withForce(true);
  static final ReadOptions AT_ONCE = ReadOptions.DEFAULT.withSyncIntervalMillis(0);

  private final String name = "sync-" + UUID.randomUUID();
  final MemoryStore store = MemoryStore.named(name);
  final TestMaster master;
  final List<String> differences = new ArrayList<>();
  MetadataClient client;

  SyncFixture(Path directory) {
    master = TestMaster.in(directory);
  }

  SyncFixture with(String key, String value) {
    master.with(key, value);
    return this;
  }

  SyncFixture start() {
    return start(MountOptions.DEFAULT);
  }

  SyncFixture start(MountOptions options) {
    master.start();
    client = master.client();
    client.mount("/m", store.uri(), options);
    return this;
  }

  LoadMetadataProgress load(String path, LoadOptions options) {
    differences.clear();
    return client.loadMetadata(
        path, options, progress -> differences.addAll(progress.getDifferencesList()));
  }

  FileStatus stat(String path) {
    return client.getStatus(path).value();
  }

  boolean exists(String path) {
    return client.exists(path).value();
  }

  /** Names in a directory, as known. */
  List<String> names(String path) {
    return names(path, ReadOptions.DEFAULT);
  }

  List<String> names(String path, ReadOptions options) {
    List<String> names = new ArrayList<>();
    try (ListStream pages = client.list(path, ListOptions.DEFAULT.withRead(options))) {
      pages.forEachRemaining(page -> page.entries().forEach(entry -> names.add(entry.getName())));
    }
    return names;
  }

  @Override
  public void close() {
    master.close();
    MemoryStore.forget(name);
  }
}
