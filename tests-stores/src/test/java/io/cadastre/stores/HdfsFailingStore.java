package io.cadastre.stores;

import io.cadastre.server.sync.FailingStoreFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/** A name node with short answers; the master asks as a user who owns nothing. */
final class HdfsFailingStore extends HdfsStoreFixture implements FailingStoreFixture {
  /** A tenth of what the tests have in their largest directory, or so. */
  private static final int LIST_LIMIT = 5;

  HdfsFailingStore(Path directory) {
    super(directory, LIST_LIMIT);
  }

  @Override
  public Map<String, String> options() {
    return Map.of("dfs.replication", "1", "hdfs.user", "visitor");
  }

  @Override
  public void deny(String path) {
    chmod(path, 0700);
  }

  @Override
  public void allow(String path) {
    chmod(path, 0755);
  }

  @Override
  public void down() {
    cluster().cluster().shutdownNameNode(0);
  }

  @Override
  public void up() {
    try {
      cluster().cluster().restartNameNode(0);
      cluster().cluster().waitActive();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
