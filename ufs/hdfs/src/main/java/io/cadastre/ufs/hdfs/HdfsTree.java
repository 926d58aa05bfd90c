package io.cadastre.ufs.hdfs;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsPath;
import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;

/** Paths below the root, single looks at them, and why something was not found. Thread-safe. */
final class HdfsTree {
  private final UfsLocation location;
  private final HdfsConnection connection;

  HdfsTree(UfsLocation location, HdfsConnection connection) {
    this.location = location;
    this.connection = connection;
  }

  /** A request to the name node. */
  @FunctionalInterface
  interface Request<T> {
    T send() throws IOException;
  }

  String uriOf(String path) {
    return location.resolve(path).uri();
  }

  /** The absolute path in HDFS, as the name node takes it: no character has a meaning. */
  String absolute(String path) {
    return location.resolve(path).path();
  }

  /**
   * Returns the path if it is well-formed and no path into snapshots or inode numbers, which HDFS
   * answers and never lists.
   *
   * @throws UfsException UNSUPPORTED
   */
  String check(String path) {
    UfsPath.check(path);
    if (isReserved(location.resolve(path).path())) {
      throw new UfsException(
          Kind.UNSUPPORTED, uriOf(path) + " is a path that HDFS reserves, and is not mirrored");
    }
    return path;
  }

  static void checkNotReserved(UfsLocation root) {
    if (isReserved(root.path())) {
      throw MetadataException.invalid(
          "store URI", "'" + root + "' leads to what HDFS reserves; expected a plain directory");
    }
  }

  private static boolean isReserved(String absolute) {
    return absolute.equals("/.reserved")
        || absolute.startsWith("/.reserved/")
        || Arrays.asList(absolute.split("/")).contains(".snapshot");
  }

  /**
   * What is there, links not followed; null if the name node says that there is nothing.
   *
   * @throws UfsException DENIED, NOT_A_DIRECTORY (something above is a file), UNSUPPORTED (a link
   *     above), UNAVAILABLE, UNKNOWN
   */
  HdfsFileStatus look(String path, StoreDeadline deadline) {
    return ask(
        "look at", path, deadline, () -> connection.nameNode().getFileLinkInfo(absolute(path)));
  }

  /** Sends a request that changes nothing. */
  <T> T ask(String action, String path, StoreDeadline deadline, Request<T> request) {
    deadline.check();
    try {
      return request.send();
    } catch (IOException | IllegalArgumentException e) {
      throw HdfsErrors.failed(action, uriOf(path), e);
    }
  }

  /** Sends a request that is to change something. */
  <T> T change(String action, String path, StoreDeadline deadline, Request<T> request) {
    deadline.check();
    // Made, and failed, before anything is sent.
    connection.nameNode();
    try {
      return request.send();
    } catch (IOException | IllegalArgumentException e) {
      throw HdfsErrors.changeFailed(action, uriOf(path), e);
    }
  }

  /**
   * The root.
   *
   * @throws UfsException UNKNOWN if it is gone or no directory
   */
  HdfsFileStatus root(StoreDeadline deadline) {
    HdfsFileStatus root;
    try {
      root = look("", deadline);
    } catch (UfsException e) {
      throw e.kind() == Kind.NOT_A_DIRECTORY || e.kind() == Kind.ABSENT
          ? new UfsException(Kind.UNKNOWN, e.getMessage(), e)
          : e;
    }
    if (root == null) {
      throw new UfsException(Kind.UNKNOWN, "The root " + uriOf("") + " is gone");
    }
    if (!root.isDirectory()) {
      throw new UfsException(Kind.UNKNOWN, "The root " + uriOf("") + " is not a directory");
    }
    return root;
  }

  /**
   * Says why something was not found: absent only if the root is there and a component of the path
   * is not.
   */
  UfsException explainAbsent(String path, StoreDeadline deadline) {
    try {
      root(deadline);
      for (int end = path.indexOf('/'); !path.isEmpty(); end = path.indexOf('/', end + 1)) {
        boolean whole = end < 0;
        String above = whole ? path : path.substring(0, end);
        HdfsFileStatus found = look(above, deadline);
        if (found == null) {
          return new UfsException(Kind.ABSENT, "No such file or directory: " + uriOf(above));
        }
        if (whole) {
          break;
        }
        if (found.isSymlink()) {
          return throughLink(above);
        }
        if (!found.isDirectory()) {
          return new UfsException(Kind.NOT_A_DIRECTORY, "Not a directory: " + uriOf(above));
        }
      }
      return new UfsException(
          Kind.UNKNOWN, uriOf(path) + " was not found, and now is there (it changed meanwhile)");
    } catch (UfsException e) {
      return e;
    }
  }

  /**
   * The failure, looked into if it may mean something else. What lies below a file, too, the name
   * node refuses as if for lack of permission.
   */
  UfsException explain(UfsException failure, String path, StoreDeadline deadline) {
    return switch (failure.kind()) {
      case ABSENT, NOT_A_DIRECTORY -> explainAbsent(path, deadline);
      case DENIED -> {
        UfsException found = explainAbsent(path, deadline);
        yield found.kind() == Kind.NOT_A_DIRECTORY ? found : failure;
      }
      default -> failure;
    };
  }

  UfsException throughLink(String path) {
    return new UfsException(
        Kind.UNSUPPORTED,
        uriOf(path) + " is a symbolic link; links in a mounted store are shown and not followed");
  }
}
