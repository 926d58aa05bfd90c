package io.cadastre.ufs.s3;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsPath;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says what is at one path. A file is at a key; a directory is there if any key begins with the
 * path and a slash, and then hides a file of the same name.
 *
 * <p>Mostly one request answers: the two smallest keys that begin with the path are the file itself
 * and, if nothing lies between, one below the directory. That something is there is believed at
 * once; that it is not, only if these two keys are all, or if the file and the directory were asked
 * for by their own requests: so absence never hangs on the order of a store's listing. Stateless;
 * thread-safe.
 */
final class S3Lookup {
  private final S3Bucket bucket;

  S3Lookup(S3Bucket bucket) {
    this.bucket = bucket;
  }

  /**
   * What is at a path.
   *
   * @param file null if there is none, or it was not looked for because a directory is there
   */
  record Found(String path, ObjectStatus file, boolean directory) {
    boolean absent() {
      return file == null && !directory;
    }

    UfsStatus status() {
      String name = UfsPath.name(path);
      return directory ? ObjectStatus.directory(name) : file.toFile(name);
    }
  }

  S3Bucket bucket() {
    return bucket;
  }

  /**
   * Looks at a path. The root is a directory whenever the bucket can be listed.
   *
   * @throws UfsException as {@link S3Bucket#list}
   */
  Found find(String path, StoreDeadline deadline) {
    if (path.isEmpty()) {
      bucket.list(S3Bucket.Query.first(bucket.directoryKey(path), 1), deadline);
      return new Found(path, null, true);
    }
    String key = bucket.keyOf(path);
    String below = bucket.directoryKey(path);
    ListPage first = bucket.list(S3Bucket.Query.first(key, 2), deadline);
    List<ObjectStatus> objects = first.objects();
    boolean all = !first.truncated();
    if (objects.stream().anyMatch(object -> object.key().startsWith(below))) {
      return new Found(path, null, true);
    }
    Optional<ObjectStatus> file =
        objects.stream().filter(object -> object.key().equals(key)).findFirst();
    boolean passed =
        !objects.isEmpty()
            && NamespacePath.compareNames(objects.get(objects.size() - 1).key(), below) > 0;
    if (all || (file.isPresent() && passed)) {
      return new Found(path, file.orElse(null), false);
    }
    if (isDirectory(path, deadline)) {
      return new Found(path, null, true);
    }
    if (file.isEmpty()) {
      file = bucket.head(key, deadline).map(head -> ObjectStatus.of(key, head));
    }
    return new Found(path, file.orElse(null), false);
  }

  /**
   * As {@link #find}, before something is changed.
   *
   * @throws UfsException as there; never UNKNOWN, since the change has not been sent
   */
  Found findForChange(String path, StoreDeadline deadline) {
    try {
      return find(path, deadline);
    } catch (UfsException e) {
      throw e.beforeChange();
    }
  }

  /** Whether any key lies below a path. */
  boolean isDirectory(String path, StoreDeadline deadline) {
    return !first(bucket.directoryKey(path), 1, deadline).isEmpty();
  }

  /** Whether nothing lies below a path but its own marker. */
  boolean isEmptyDirectory(String path, StoreDeadline deadline) {
    String marker = bucket.directoryKey(path);
    return first(marker, 2, deadline).stream().allMatch(object -> object.key().equals(marker));
  }

  /** The first few keys that begin like this: a page may hold fewer than there are, or none. */
  private List<ObjectStatus> first(String prefix, int count, StoreDeadline deadline) {
    List<ObjectStatus> objects = new ArrayList<>();
    S3Bucket.Query query = S3Bucket.Query.first(prefix, count);
    while (true) {
      ListPage page = bucket.list(query, deadline);
      objects.addAll(page.objects());
      if (!page.truncated() || objects.size() >= count) {
        return objects;
      }
      query = query.next(page);
    }
  }

  /**
   * Sees to it that something can be created in a directory.
   *
   * @throws UfsException ABSENT, NOT_A_DIRECTORY, and as {@link #findForChange}
   */
  void requireDirectory(String path, StoreDeadline deadline) {
    if (path.isEmpty()) {
      return;
    }
    try {
      if (!isDirectory(path, deadline)) {
        throw explainMissing(path, deadline);
      }
    } catch (UfsException e) {
      throw e.beforeChange();
    }
  }

  /** Why a path is no directory, found out from below: by the nearest thing above it that is. */
  UfsException explainMissing(String path, StoreDeadline deadline) {
    String above = path;
    while (!above.isEmpty()) {
      Found found = find(above, deadline);
      if (found.file() != null) {
        return new UfsException(Kind.NOT_A_DIRECTORY, "Not a directory: " + bucket.uriOf(above));
      }
      if (found.directory()) {
        break;
      }
      above = UfsPath.parent(above);
    }
    if (above.equals(path)) {
      return new UfsException(
          Kind.UNKNOWN, bucket.uriOf(path) + " appeared while it was looked for");
    }
    return absent(path);
  }

  UfsException absent(String path) {
    return new UfsException(Kind.ABSENT, "No such object or prefix: " + bucket.uriOf(path));
  }
}
