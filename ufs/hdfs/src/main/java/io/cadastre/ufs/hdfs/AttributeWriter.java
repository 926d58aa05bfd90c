package io.cadastre.ufs.hdfs;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.io.IOException;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.protocol.ClientProtocol;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;

/** Sets attributes: owner and group, then mode, then the time. Thread-safe. */
final class AttributeWriter {
  private static final int HIGHEST_MODE = 01777;
  private static final long UNCHANGED = -1;

  private final HdfsTree tree;
  private final HdfsConnection connection;

  AttributeWriter(HdfsTree tree, HdfsConnection connection) {
    this.tree = tree;
    this.connection = connection;
  }

  /**
   * To be called before anything is changed.
   *
   * @throws UfsException REFUSED for bits that HDFS does not have
   */
  void check(String path, UfsAttributes attributes) {
    if (attributes.mode().isPresent() && attributes.mode().getAsInt() > HIGHEST_MODE) {
      throw new UfsException(
          Kind.REFUSED,
          "Cannot set the mode of "
              + tree.uriOf(path)
              + ": HDFS has no bits to set the user or group on execution");
    }
  }

  /**
   * Sets what is given and differs from what is there.
   *
   * @throws UfsException as the first request failed; UNKNOWN if a later one did
   */
  void set(String path, HdfsFileStatus now, UfsAttributes wanted, StoreDeadline deadline) {
    boolean changed = false;
    try {
      String owner = wanted.owner().filter(name -> !name.equals(now.getOwner())).orElse(null);
      String group = wanted.group().filter(name -> !name.equals(now.getGroup())).orElse(null);
      if (owner != null || group != null) {
        send(path, deadline, to -> to.setOwner(tree.absolute(path), owner, group));
        changed = true;
      }
      if (wanted.mode().isPresent()
          && wanted.mode().getAsInt() != (now.getPermission().toShort() & 07777)) {
        FsPermission mode = new FsPermission((short) wanted.mode().getAsInt());
        send(path, deadline, to -> to.setPermission(tree.absolute(path), mode));
        changed = true;
      }
      if (wanted.mtimeMillis().isPresent()) {
        long time = wanted.mtimeMillis().getAsLong();
        send(path, deadline, to -> to.setTimes(tree.absolute(path), time, UNCHANGED));
      }
    } catch (UfsException e) {
      throw changed ? new UfsException(Kind.UNKNOWN, "Not all was set: " + e.getMessage(), e) : e;
    }
  }

  @FunctionalInterface
  private interface Change {
    void send(ClientProtocol to) throws IOException;
  }

  private void send(String path, StoreDeadline deadline, Change change) {
    tree.change(
        "set attributes of",
        path,
        deadline,
        () -> {
          change.send(connection.nameNode());
          return true;
        });
  }
}
