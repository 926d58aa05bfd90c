package io.cadastre.ufs.hdfs;

import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** A name node in this process, asked over its port, and what another program does in it. */
public final class TestCluster implements AutoCloseable {
  private static final AtomicInteger DIRECTORIES = new AtomicInteger();

  private final MiniDFSCluster cluster;
  private final DistributedFileSystem files;

  private TestCluster(MiniDFSCluster cluster) throws IOException {
    this.cluster = cluster;
    this.files = cluster.getFileSystem();
  }

  /**
   * Starts it.
   *
   * @param directory of the test
   * @param dataNodes 0 if no file has bytes
   * @param listLimit children in one answer of the name node
   */
  public static TestCluster start(Path directory, int dataNodes, int listLimit) throws IOException {
    Configuration configuration = new HdfsConfiguration();
    configuration.setInt("dfs.ls.limit", listLimit);
    configuration.setInt("dfs.namenode.fs-limits.min-block-size", 0);
    configuration.setInt("dfs.namenode.handler.count", 4);
    // Else who closes a file that has bytes waits 0.4 s for the data node's report.
    configuration.setInt("dfs.client.block.write.locateFollowingBlock.initial.delay.ms", 2);
    // The delay doubles: 8 s in all.
    configuration.setInt("dfs.client.block.write.locateFollowingBlock.retries", 12);
    return new TestCluster(
        new MiniDFSCluster.Builder(configuration, directory.toFile())
            .numDataNodes(dataNodes)
            .build());
  }

  public MiniDFSCluster cluster() {
    return cluster;
  }

  /** Its files, for the super-user. */
  public DistributedFileSystem files() {
    return files;
  }

  public String authority() {
    return "localhost:" + cluster.getNameNodePort();
  }

  /** A new and empty directory. */
  public String newRoot() throws IOException {
    String root = "/root-" + DIRECTORIES.incrementAndGet();
    files.mkdirs(new org.apache.hadoop.fs.Path(root));
    return root;
  }

  UnderFileSystem open(String root, Map<String, String> options) {
    return open(root, UfsSettings.of(options));
  }

  UnderFileSystem open(String root, UfsSettings settings) {
    Map<String, String> options = new HashMap<>(settings.options());
    options.putIfAbsent("dfs.replication", "1");
    options.putIfAbsent("dfs.blocksize", "1048576");
    UfsSettings all = UfsSettings.of(options).withListingPageEntries(settings.listingPageEntries());
    return new UnderFileSystems().open("hdfs://" + authority() + root, all);
  }

  public void write(String path, int size) throws IOException {
    try (FSDataOutputStream out =
        files.create(new org.apache.hadoop.fs.Path(path), true, 4096, (short) 1, 1048576)) {
      out.write(new byte[size]);
    }
  }

  @Override
  public void close() {
    cluster.shutdown(true);
  }
}
