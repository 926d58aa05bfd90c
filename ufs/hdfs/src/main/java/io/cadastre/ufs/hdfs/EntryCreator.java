package io.cadastre.ufs.hdfs;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.io.IOException;
import java.util.EnumSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.crypto.CryptoProtocolVersion;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.client.HdfsClientConfigKeys;
import org.apache.hadoop.hdfs.protocol.ClientProtocol;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;
import org.apache.hadoop.io.EnumSetWritable;

/** Creates directories and empty files, with their attributes. Thread-safe. */
final class EntryCreator {
  private final HdfsTree tree;
  private final HdfsConnection connection;
  private final AttributeWriter writer;
  private final FsPermission umask;
  private final short replication;
  private final long blockBytes;

  EntryCreator(HdfsTree tree, HdfsConnection connection, AttributeWriter writer) {
    this.tree = tree;
    this.connection = connection;
    this.writer = writer;
    Configuration configuration = connection.configuration();
    this.umask = FsPermission.getUMask(configuration);
    this.replication =
        (short)
            configuration.getInt(
                HdfsClientConfigKeys.DFS_REPLICATION_KEY,
                HdfsClientConfigKeys.DFS_REPLICATION_DEFAULT);
    this.blockBytes =
        configuration.getLongBytes(
            HdfsClientConfigKeys.DFS_BLOCK_SIZE_KEY, HdfsClientConfigKeys.DFS_BLOCK_SIZE_DEFAULT);
  }

  /**
   * Creates a directory. HDFS is content with one that is there already, so it is looked for first;
   * a directory that another program makes between the two requests counts as ours.
   */
  HdfsFileStatus directory(String path, UfsAttributes attributes, StoreDeadline deadline) {
    writer.check(path, attributes);
    HdfsFileStatus taken = lookForTaken(path, deadline);
    if (taken != null) {
      throw new UfsException(Kind.EXISTS, tree.uriOf(path) + " already exists");
    }
    FsPermission mode = mode(attributes, FsPermission.getDirDefault());
    send(path, deadline, () -> connection.nameNode().mkdirs(tree.absolute(path), mode, false));
    HdfsFileStatus made = lookForMade(path, deadline);
    finish(path, made, attributes, deadline);
    return made;
  }

  /** The request was answered: whatever goes wrong now, the directory may be there. */
  private HdfsFileStatus lookForMade(String path, StoreDeadline deadline) {
    HdfsFileStatus made;
    try {
      made = tree.look(path, deadline);
    } catch (UfsException e) {
      throw new UfsException(
          Kind.UNKNOWN,
          tree.uriOf(path) + " was created, and then could not be read: " + e.getMessage(),
          e);
    }
    if (made == null) {
      throw new UfsException(Kind.UNKNOWN, tree.uriOf(path) + " was created, and is gone again");
    }
    return made;
  }

  private HdfsFileStatus lookForTaken(String path, StoreDeadline deadline) {
    try {
      return tree.look(path, deadline);
    } catch (UfsException e) {
      throw tree.explain(e, path, deadline);
    }
  }

  /**
   * Creates an empty file: opens it for writing and completes it. A process that dies in between
   * leaves it empty and open; the name node closes it when the lease has run out, an hour.
   */
  HdfsFileStatus file(String path, UfsAttributes attributes, StoreDeadline deadline) {
    writer.check(path, attributes);
    FsPermission mode = mode(attributes, FsPermission.getFileDefault());
    ClientProtocol nameNode = connection.nameNode();
    String client = connection.clientName();
    HdfsFileStatus made =
        send(
            path,
            deadline,
            () ->
                nameNode.create(
                    tree.absolute(path),
                    mode,
                    client,
                    new EnumSetWritable<>(EnumSet.of(CreateFlag.CREATE)),
                    false,
                    replication,
                    blockBytes,
                    CryptoProtocolVersion.supported(),
                    null,
                    null));
    try {
      // Not given up at the deadline any more: an open file is worse than a late answer.
      if (!nameNode.complete(tree.absolute(path), client, null, made.getFileId())) {
        throw new IOException("the name node has not completed it");
      }
    } catch (IOException e) {
      throw HdfsErrors.unknown("complete", tree.uriOf(path), e);
    }
    finish(path, made, attributes, deadline);
    return made;
  }

  private <T> T send(String path, StoreDeadline deadline, HdfsTree.Request<T> request) {
    try {
      return tree.change("create", path, deadline, request);
    } catch (UfsException e) {
      throw tree.explain(e, path, deadline);
    }
  }

  /** Sets what is given on a new entry; if that is refused, takes the entry away again. */
  private void finish(
      String path, HdfsFileStatus made, UfsAttributes attributes, StoreDeadline deadline) {
    if (attributes.isEmpty()) {
      return;
    }
    try {
      writer.set(path, made, attributes, deadline);
    } catch (UfsException e) {
      throw e.kind().changedNothing() && remove(path, made, deadline)
          ? e
          : new UfsException(
              Kind.UNKNOWN, "Created without all of its attributes: " + e.getMessage(), e);
    }
  }

  /** Removes what was just created, unless it is another one by now or has been written to. */
  private boolean remove(String path, HdfsFileStatus made, StoreDeadline deadline) {
    try {
      HdfsFileStatus now = tree.look(path, deadline);
      return now != null
          && now.getFileId() == made.getFileId()
          && now.getLen() == 0
          && tree.change(
              "remove",
              path,
              deadline,
              () -> connection.nameNode().delete(tree.absolute(path), false));
    } catch (UfsException e) {
      // It stays; the caller then reports the outcome as unknown, with the first failure.
      return false;
    }
  }

  private FsPermission mode(UfsAttributes attributes, FsPermission byDefault) {
    return attributes.mode().isPresent()
        ? new FsPermission((short) attributes.mode().getAsInt())
        : byDefault.applyUMask(umask);
  }
}
