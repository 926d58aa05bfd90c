package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsPath;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Finds relative paths below the root, refuses symbolic links on the way, and explains failures. A
 * way is checked by one `realpath` of the parent; only when that is not as expected are the
 * directories looked at one by one, to say what is wrong.
 */
final class StoreTree {
  private final UfsLocation location;
  private final Path root;
  private volatile Path realRoot;

  StoreTree(UfsLocation location) {
    this.location = location;
    this.root = Path.of(location.path());
  }

  Path root() {
    return root;
  }

  String uriOf(String path) {
    return location.resolve(path).uri();
  }

  /** The absolute path, not checked. */
  Path pathOf(String path) {
    return path.isEmpty() ? root : Path.of(location.resolve(path).path());
  }

  /**
   * The attributes of the root, which may itself be a symbolic link.
   *
   * @throws UfsException UNKNOWN if it is gone, cannot be read or is not a directory
   */
  FileAttributes rootAttributes() {
    FileAttributes attributes;
    try {
      attributes = FileAttributes.ofTarget(root);
    } catch (NoSuchFileException e) {
      throw new UfsException(
          Kind.UNKNOWN,
          "The root " + uriOf("") + " is gone; is its file system mounted on this host?",
          e);
    } catch (IOException e) {
      throw StoreErrors.unknown("read the root", uriOf(""), e);
    }
    if (!attributes.isDirectory()) {
      throw new UfsException(Kind.UNKNOWN, "The root " + uriOf("") + " is not a directory");
    }
    return attributes;
  }

  /**
   * The absolute path, its parent known to lie in the root with no symbolic link between. Another
   * program can put a link there right afterwards: who may write in the store can send a request
   * that is under way elsewhere, as with every tool that uses paths.
   *
   * @throws UfsException ABSENT, NOT_A_DIRECTORY, UNSUPPORTED (a link), DENIED, UNKNOWN
   */
  Path locate(String path) {
    if (path.indexOf('/') >= 0) {
      checkWay(UfsPath.parent(path));
    }
    return pathOf(path);
  }

  private void checkWay(String directory) {
    try {
      Path real = pathOf(directory).toRealPath();
      Path known = realRoot;
      if (known != null && real.equals(known.resolve(directory))) {
        return;
      }
      known = root.toRealPath();
      realRoot = known;
      if (real.equals(known.resolve(directory))) {
        return;
      }
    } catch (IOException e) {
      throw explainWay(directory, e);
    }
    throw explainWay(directory, new IOException("it changed while it was looked at"));
  }

  /**
   * Says why something failed. "No such file" is looked into, directory by directory: absent only
   * if the root is there and a component is not.
   */
  UfsException explain(String action, String path, IOException failure) {
    Kind kind = StoreErrors.kindOf(failure);
    return kind == Kind.ABSENT || kind == Kind.NOT_A_DIRECTORY
        ? explain(action, path, false, failure)
        : StoreErrors.failed(action, uriOf(path), failure);
  }

  private UfsException explainWay(String directory, IOException failure) {
    return explain("find", directory, true, failure);
  }

  private UfsException explain(
      String action, String path, boolean directoryNeeded, IOException failure) {
    try {
      rootAttributes();
      if (path.isEmpty()) {
        return asUnknownIfAbsent(StoreErrors.failed(action, uriOf(path), failure));
      }
      for (int end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
        boolean whole = end < 0;
        String above = whole ? path : path.substring(0, end);
        UfsException problem = problemOn(above, directoryNeeded || !whole);
        if (problem != null) {
          return problem;
        }
        if (whole) {
          return asUnknownIfAbsent(StoreErrors.failed(action, uriOf(path), failure));
        }
      }
    } catch (UfsException e) {
      return e;
    }
  }

  private UfsException problemOn(String path, boolean directoryNeeded) {
    FileAttributes attributes;
    try {
      attributes = FileAttributes.of(pathOf(path));
    } catch (NoSuchFileException e) {
      // Ruled out first: with the root gone, all is absent.
      rootAttributes();
      return new UfsException(Kind.ABSENT, "No such file or directory: " + uriOf(path), e);
    } catch (IOException e) {
      return StoreErrors.failed("look at", uriOf(path), e);
    }
    if (!directoryNeeded || attributes.isDirectory()) {
      return null;
    }
    return attributes.isSymlink()
        ? throughLink(path)
        : new UfsException(Kind.NOT_A_DIRECTORY, "Not a directory: " + uriOf(path));
  }

  /** Everything on the way is there, so "no such file" was a change in between. */
  private static UfsException asUnknownIfAbsent(UfsException failure) {
    return failure.kind() == Kind.ABSENT
        ? new UfsException(
            Kind.UNKNOWN, failure.getMessage() + " (it changed meanwhile)", failure.getCause())
        : failure;
  }

  UfsException throughLink(String path) {
    return new UfsException(
        Kind.UNSUPPORTED,
        uriOf(path) + " is a symbolic link; links in a mounted store are shown and not followed");
  }
}
