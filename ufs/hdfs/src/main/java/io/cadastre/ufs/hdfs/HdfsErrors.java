package io.cadastre.ufs.hdfs;

import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.InvalidPathException;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.UnresolvedLinkException;
import org.apache.hadoop.hdfs.protocol.AlreadyBeingCreatedException;
import org.apache.hadoop.hdfs.protocol.QuotaExceededException;
import org.apache.hadoop.hdfs.server.namenode.SafeModeException;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.net.ConnectTimeoutException;
import org.apache.hadoop.security.AccessControlException;

/**
 * The one table from Hadoop's exceptions to kinds. What is not in it is UNKNOWN, which is always
 * safe.
 */
final class HdfsErrors {
  /** The server's word: the first that fits. */
  private static final List<Map.Entry<Class<?>, Kind>> SAID =
      List.of(
          Map.entry(FileNotFoundException.class, Kind.ABSENT),
          Map.entry(ParentNotDirectoryException.class, Kind.NOT_A_DIRECTORY),
          Map.entry(PathIsNotEmptyDirectoryException.class, Kind.NOT_EMPTY),
          Map.entry(FileAlreadyExistsException.class, Kind.EXISTS),
          Map.entry(AlreadyBeingCreatedException.class, Kind.EXISTS),
          Map.entry(AccessControlException.class, Kind.DENIED),
          Map.entry(QuotaExceededException.class, Kind.REFUSED),
          Map.entry(UnresolvedLinkException.class, Kind.UNSUPPORTED),
          Map.entry(SafeModeException.class, Kind.UNAVAILABLE));

  private static final String INVALID_NAME = InvalidPathException.class.getName();

  /** As above, of classes that only a server has, or that are no IOExceptions. */
  private static final Map<String, Kind> SAID_BY_NAME =
      Map.of(
          "org.apache.hadoop.hdfs.protocol.FSLimitException$PathComponentTooLongException",
          Kind.REFUSED,
          "org.apache.hadoop.hdfs.protocol.FSLimitException$MaxDirectoryItemsExceededException",
          Kind.REFUSED,
          INVALID_NAME,
          Kind.REFUSED,
          "org.apache.hadoop.hdfs.protocol.SnapshotException",
          Kind.REFUSED,
          "org.apache.hadoop.HadoopIllegalArgumentException",
          Kind.REFUSED);

  /** Nobody was there to take the last attempt; one before it may have been taken. */
  private static final List<Class<?>> NOBODY_THERE =
      List.of(
          ConnectException.class,
          ConnectTimeoutException.class,
          NoRouteToHostException.class,
          UnknownHostException.class,
          StandbyException.class,
          RetriableException.class);

  private static final Pattern NOT_FOR_USERS =
      Pattern.compile(
          "; *For more details see:.*$|(?:[a-z]\\w*\\.)+[A-Z]\\w*(?:Exception|Error): ");

  private HdfsErrors() {}

  /** What a server threw, as what it threw; anything else as it is. */
  private static Exception unwrapped(Exception failure) {
    return failure instanceof RemoteException remote ? remote.unwrapRemoteException() : failure;
  }

  private static Kind kindOf(Exception failure, boolean change) {
    Exception said = unwrapped(failure);
    // In a cluster of two name nodes, safe mode comes wrapped as something to retry.
    if (is(SafeModeException.class, said) || reasonOf(said).contains("is in safe mode")) {
      return Kind.UNAVAILABLE;
    }
    for (Map.Entry<Class<?>, Kind> entry : SAID) {
      if (is(entry.getKey(), said)) {
        return entry.getValue();
      }
    }
    if (failure instanceof RemoteException remote) {
      Kind byName = SAID_BY_NAME.get(remote.getClassName());
      if (byName != null) {
        return byName;
      }
    }
    boolean nobody = NOBODY_THERE.stream().anyMatch(type -> is(type, said));
    return nobody && !change ? Kind.UNAVAILABLE : Kind.UNKNOWN;
  }

  private static boolean is(Class<?> type, Exception failure) {
    return type.isInstance(failure);
  }

  /**
   * For a user: the first line, since servers append their stack trace, without names of classes
   * and the page on the web that Hadoop's client adds.
   */
  static String reasonOf(Throwable failure) {
    if (failure instanceof EOFException) {
      return "the name node closed the connection";
    }
    String text =
        failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    String first = text.lines().findFirst().orElse("");
    return NOT_FOR_USERS.matcher(first).replaceAll("");
  }

  /**
   * A request that changes nothing failed.
   *
   * @return `Cannot ACTION URI: REASON`
   */
  static UfsException failed(String action, String uri, Exception failure) {
    return failed(kindOf(failure, false), action, uri, failure);
  }

  /** A request that was to change something failed: less is certain. */
  static UfsException changeFailed(String action, String uri, Exception failure) {
    return failed(kindOf(failure, true), action, uri, failure);
  }

  static UfsException unknown(String action, String uri, Exception failure) {
    return failed(Kind.UNKNOWN, action, uri, failure);
  }

  private static UfsException failed(Kind kind, String action, String uri, Exception failure) {
    return new UfsException(
        kind, "Cannot " + action + " " + uri + ": " + reasonOf(unwrapped(failure)), failure);
  }

  /** Whether the server said that it cannot have such a name. */
  static boolean isInvalidName(UfsException failure) {
    return failure.getCause() instanceof RemoteException remote
        && remote.getClassName().equals(INVALID_NAME);
  }

  /** Whether the server answered, with an exception that it has no name for. */
  static boolean isUnnamed(UfsException failure) {
    return failure.getCause() instanceof RemoteException remote
        && remote.getClassName().equals(IOException.class.getName());
  }
}
