package io.cadastre.ufs.hdfs;

import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsPath;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;

/**
 * A directory of an HDFS as a store. Asks the name node directly, path by path, and no data node.
 *
 * <p>Deadlines: each request looks at its own before it is sent. Once sent it is bounded by the
 * time-outs of Hadoop's client (`ipc.client.*`, `dfs.client.failover.*`), which are one for all
 * requests; `DeadlineUnderFileSystem` around this class cuts the caller loose earlier.
 *
 * <p>Known limits: conditions are checked right before the change, and so is that a directory to be
 * created is not there; another program can slip in between. The identity of the root is its inode
 * id under the name of the service: another cluster that answers to that name, and has the same id
 * at the path, is not told from it. Symbolic links are shown if a cluster has them, which no
 * released name node allows. Snapshots are not mirrored.
 */
final class HdfsUnderFileSystem implements UnderFileSystem {
  private final HdfsConnection connection;
  private final HdfsTree tree;
  private final AttributeWriter writer;
  private final EntryCreator creator;
  private final UfsLocation location;
  private final int pageEntries;

  HdfsUnderFileSystem(UfsLocation location, HdfsSettings hdfs, UfsSettings settings) {
    this.location = location;
    this.connection = new HdfsConnection(location, hdfs);
    this.tree = new HdfsTree(location, connection);
    this.writer = new AttributeWriter(tree, connection);
    this.creator = new EntryCreator(tree, connection, writer);
    this.pageEntries = settings.listingPageEntries();
  }

  @Override
  public String type() {
    return HdfsUnderFileSystemFactory.SCHEME;
  }

  @Override
  public String uriOf(String path) {
    return tree.uriOf(UfsPath.check(path));
  }

  @Override
  public String rootIdentity(StoreDeadline deadline) {
    return "hdfs:" + location.authority() + ":" + tree.root(deadline).getFileId();
  }

  @Override
  public StoreLookup status(String path, StoreDeadline deadline) {
    UfsPath.check(path);
    try {
      HdfsFileStatus found =
          path.isEmpty() ? tree.root(deadline) : tree.look(tree.check(path), deadline);
      return found == null
          ? absentIfRooted(deadline)
          : StoreLookup.present(StatusReader.status(UfsPath.name(path), found));
    } catch (UfsException e) {
      UfsException failure = e.kind() == Kind.DENIED ? tree.explain(e, path, deadline) : e;
      return isAbsence(failure) ? absentIfRooted(deadline) : StoreLookup.unknown(failure);
    }
  }

  /** Below a file nothing is; nor is something under a name that HDFS cannot have. */
  private static boolean isAbsence(UfsException failure) {
    return failure.kind() == Kind.NOT_A_DIRECTORY
        || failure.kind() == Kind.ABSENT
        || HdfsErrors.isInvalidName(failure);
  }

  private StoreLookup absentIfRooted(StoreDeadline deadline) {
    try {
      tree.root(deadline);
      return StoreLookup.ABSENT;
    } catch (UfsException e) {
      return StoreLookup.unknown(e);
    }
  }

  @Override
  public UfsListing list(String path, String startAfter, StoreDeadline deadline) {
    tree.check(path);
    deadline.check();
    // Made now, so that a closed store says so at once.
    connection.nameNode();
    return new HdfsListing(
        tree, connection, path, startAfter == null ? "" : startAfter, pageEntries);
  }

  @Override
  public UfsStatus createDirectory(String path, UfsAttributes attributes, StoreDeadline deadline) {
    checkChange(path, "create");
    HdfsFileStatus made = creator.directory(path, attributes, deadline);
    return attributes.isEmpty() ? status(path, made) : afterChange(path, deadline);
  }

  @Override
  public UfsStatus createFile(String path, UfsAttributes attributes, StoreDeadline deadline) {
    checkChange(path, "create");
    creator.file(path, attributes, deadline);
    // Completing it has set its time.
    return afterChange(path, deadline);
  }

  @Override
  public void delete(String path, String expectedFingerprint, StoreDeadline deadline) {
    checkChange(path, "delete");
    checkExpected(path, expectedFingerprint, deadline);
    delete(path, false, deadline);
  }

  /** One request: the name node takes the whole subtree away at once. */
  @Override
  public void deleteRecursive(String path, StoreDeadline deadline) {
    checkChange(path, "delete");
    delete(path, true, deadline);
  }

  private void delete(String path, boolean recursive, StoreDeadline deadline) {
    boolean deleted;
    try {
      deleted =
          tree.change(
              "delete",
              path,
              deadline,
              () -> connection.nameNode().delete(tree.absolute(path), recursive));
    } catch (UfsException e) {
      throw absentNotBelowFile(tree.explain(e, path, deadline));
    }
    if (!deleted) {
      throw absentNotBelowFile(tree.explainAbsent(path, deadline));
    }
  }

  /** What is below a file is absent, where there is nothing to be created. */
  private static UfsException absentNotBelowFile(UfsException failure) {
    return failure.kind() == Kind.NOT_A_DIRECTORY
        ? new UfsException(Kind.ABSENT, failure.getMessage(), failure)
        : failure;
  }

  @Override
  public UfsStatus rename(
      String source, String destination, String expectedFingerprint, StoreDeadline deadline) {
    checkChange(source, "rename");
    checkChange(destination, "rename to");
    if (UfsPath.isPrefix(source, destination) && !source.equals(destination)) {
      throw new UfsException(
          Kind.REFUSED, "Cannot move " + uriOf(source) + " below itself: " + uriOf(destination));
    }
    checkExpected(source, expectedFingerprint, deadline);
    try {
      tree.change(
          "rename",
          source,
          deadline,
          () -> {
            connection.nameNode().rename2(tree.absolute(source), tree.absolute(destination));
            return true;
          });
    } catch (UfsException e) {
      throw explainRename(e, source, destination, deadline);
    }
    return afterChange(destination, deadline);
  }

  private UfsException explainRename(
      UfsException failure, String source, String destination, StoreDeadline deadline) {
    boolean notFound = failure.kind() == Kind.ABSENT || failure.kind() == Kind.NOT_A_DIRECTORY;
    try {
      if (notFound) {
        return tree.look(source, deadline) == null
            ? tree.explainAbsent(source, deadline)
            : tree.explainAbsent(destination, deadline);
      }
      // A file that would replace a directory, or the reverse, is refused without a name.
      if (HdfsErrors.isUnnamed(failure)
          && tree.look(source, deadline) != null
          && tree.look(destination, deadline) != null) {
        return new UfsException(
            Kind.EXISTS, uriOf(destination) + " already exists; a rename replaces nothing");
      }
      return failure;
    } catch (UfsException e) {
      return tree.explain(e, source, deadline);
    }
  }

  @Override
  public UfsStatus setAttributes(String path, UfsAttributes attributes, StoreDeadline deadline) {
    tree.check(path);
    writer.check(path, attributes);
    HdfsFileStatus now = lookForChange(path, deadline);
    if (now.isSymlink()) {
      throw new UfsException(
          Kind.UNSUPPORTED, "Cannot set attributes of " + uriOf(path) + ": it is a link");
    }
    try {
      writer.set(path, now, attributes, deadline);
    } catch (UfsException e) {
      throw tree.explain(e, path, deadline);
    }
    return afterChange(path, deadline);
  }

  private HdfsFileStatus lookForChange(String path, StoreDeadline deadline) {
    HdfsFileStatus now;
    try {
      now = path.isEmpty() ? tree.root(deadline) : tree.look(path, deadline);
    } catch (UfsException e) {
      throw absentNotBelowFile(tree.explain(e, path, deadline)).beforeChange();
    }
    if (now == null) {
      throw absentNotBelowFile(tree.explainAbsent(path, deadline)).beforeChange();
    }
    return now;
  }

  private void checkChange(String path, String action) {
    tree.check(path);
    if (path.isEmpty()) {
      throw new UfsException(
          Kind.REFUSED, "Cannot " + action + " the root of a store: " + uriOf(path));
    }
  }

  private void checkExpected(String path, String expectedFingerprint, StoreDeadline deadline) {
    if (expectedFingerprint != null
        && !expectedFingerprint.equals(StatusReader.fingerprint(lookForChange(path, deadline)))) {
      throw new UfsException(
          Kind.PRECONDITION,
          uriOf(path) + " has changed in the store; load its metadata and try again");
    }
  }

  private static UfsStatus status(String path, HdfsFileStatus file) {
    return StatusReader.status(UfsPath.name(path), file);
  }

  /**
   * The change is done; if its result cannot be read, the outcome is for the caller to find out.
   */
  private UfsStatus afterChange(String path, StoreDeadline deadline) {
    try {
      HdfsFileStatus now = path.isEmpty() ? tree.root(deadline) : tree.look(path, deadline);
      if (now != null) {
        return status(path, now);
      }
    } catch (UfsException e) {
      throw new UfsException(
          Kind.UNKNOWN, "Changed, but then could not be read: " + e.getMessage(), e);
    }
    throw new UfsException(Kind.UNKNOWN, "Changed, and then it was gone: " + uriOf(path));
  }

  @Override
  public void close() {
    connection.close();
  }
}
