package io.cadastre.stores;

import io.cadastre.ufs.hdfs.TestCluster;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/** A directory of a name node with one data node, changed by Hadoop's client as super-user. */
class HdfsStoreFixture implements ReadableStore {
  private final TestCluster cluster;
  private final String root;
  private final String uri;

  HdfsStoreFixture(java.nio.file.Path directory) {
    this(directory, 1_000);
  }

  /**
   * @param listLimit children in one answer of the name node
   */
  HdfsStoreFixture(java.nio.file.Path directory, int listLimit) {
    try {
      cluster = TestCluster.start(directory, 1, listLimit);
      root = cluster.newRoot();
      uri = "hdfs://" + cluster.authority() + root;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  private static void doing(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  final TestCluster cluster() {
    return cluster;
  }

  private Path at(String path) {
    return new Path(path.isEmpty() ? root : root + "/" + path);
  }

  @Override
  public String uri() {
    return uri;
  }

  @Override
  public Map<String, String> options() {
    return Map.of("dfs.replication", "1");
  }

  @Override
  public void mkdirs(String path) {
    doing(() -> cluster.files().mkdirs(at(path)));
  }

  @Override
  public void write(String path, int size) {
    doing(() -> cluster.write(root + "/" + path, size));
  }

  @Override
  public void append(String path, int size) {
    doing(
        () -> {
          try (OutputStream out = cluster.files().append(at(path))) {
            out.write(new byte[size]);
          }
        });
  }

  @Override
  public void remove(String path) {
    doing(() -> cluster.files().delete(at(path), true));
  }

  @Override
  public void move(String source, String destination) {
    doing(() -> cluster.files().rename(at(source), at(destination)));
  }

  @Override
  public void chmod(String path, int mode) {
    doing(() -> cluster.files().setPermission(at(path), new FsPermission((short) mode)));
  }

  @Override
  public void chown(String path, String owner, String group) {
    doing(() -> cluster.files().setOwner(at(path), owner, group));
  }

  @Override
  public List<String> entries(String path) {
    List<String> entries = new ArrayList<>();
    doing(() -> collect(at(path), "", entries));
    entries.sort(null);
    return entries;
  }

  private void collect(Path directory, String prefix, List<String> entries) throws IOException {
    for (FileStatus entry : cluster.files().listStatus(directory)) {
      String name = prefix + entry.getPath().getName();
      if (entry.isDirectory()) {
        entries.add(name + " d");
        collect(entry.getPath(), name + "/", entries);
      } else {
        entries.add(name + " f" + entry.getLen());
      }
    }
  }

  @Override
  public String attributes(String path) {
    try {
      FileStatus entry = cluster.files().getFileStatus(at(path));
      String mode = Integer.toOctalString(entry.getPermission().toShort() & 07777);
      return entry.getOwner() + ":" + entry.getGroup() + " " + mode;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    cluster.close();
  }
}
