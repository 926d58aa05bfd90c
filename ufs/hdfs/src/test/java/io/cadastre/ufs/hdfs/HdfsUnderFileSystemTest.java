package io.cadastre.ufs.hdfs;

import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.testing.AbstractUnderFileSystemTest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The suite that all stores pass, against a name node and a data node. */
class HdfsUnderFileSystemTest extends AbstractUnderFileSystemTest {
  @TempDir static Path directory;
  private static TestCluster cluster;
  private String root;

  @BeforeAll
  static void start() throws IOException {
    cluster = TestCluster.start(directory, 1, 1000);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Override
  protected UnderFileSystem open(UfsSettings settings) throws IOException {
    root = cluster.newRoot();
    return cluster.open(root, settings);
  }

  @Override
  protected void writeOutside(String path, int size) throws IOException {
    cluster.write(root + "/" + path, size);
  }

  @Override
  protected void linkOutside(String path, String target) {
    throw new UnsupportedOperationException("no released name node allows links");
  }
}
