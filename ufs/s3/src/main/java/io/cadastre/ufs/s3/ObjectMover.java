package io.cadastre.ufs.s3;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsPath;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Renames by copying and deleting, and deletes subtrees.
 *
 * <p>A file is copied, the copy's size compared, and then the old key deleted: a process that dies
 * in between leaves both, with equal fingerprints unless the store gave the copy another kind of
 * etag. Where the endpoint keeps conditions, the copy replaces nothing and the delete takes only
 * what was copied.
 *
 * <p>Of a directory all keys are copied first, some at a time, and then all that were copied are
 * deleted, so what is read at either name is never half: until the copies are complete the source
 * is, afterwards the destination. A failure after the first copy is UNKNOWN, and copies stay. What
 * other programs write meanwhile stays at the source.
 *
 * <p>Thread-safe; keeps a few threads for the copies of directories.
 */
final class ObjectMover implements AutoCloseable {
  /** Copies under way at once, for all renames of the store; few, so that lookups get through. */
  private static final int COPY_THREADS = 16;

  private final S3Bucket bucket;
  private final S3Lookup lookup;
  private final ObjectCopier copier;
  private final RequestThreads threads;

  ObjectMover(S3Bucket bucket, S3Lookup lookup) {
    this.bucket = bucket;
    this.lookup = lookup;
    this.copier = new ObjectCopier(bucket);
    this.threads = new RequestThreads("s3-copy " + bucket.name(), COPY_THREADS);
  }

  void checkExpected(String path, ObjectStatus actual, String expectedFingerprint) {
    if (expectedFingerprint != null && !expectedFingerprint.equals(actual.fingerprint())) {
      throw changed(path, null);
    }
  }

  private UfsException changed(String path, UfsException cause) {
    return new UfsException(
        Kind.PRECONDITION,
        bucket.uriOf(path) + " has changed in the store; load its metadata and try again",
        cause);
  }

  /**
   * Gives the directory above a path a marker, so that it stays when its last entry goes. Nobody
   * sees the marker: if this fails, nothing has changed.
   */
  void keepParent(String path, StoreDeadline deadline) {
    String parent = UfsPath.parent(path);
    if (parent.isEmpty()) {
      return;
    }
    try {
      bucket.create(bucket.directoryKey(parent), deadline);
    } catch (UfsException e) {
      if (e.kind() != Kind.PRECONDITION) {
        throw e.beforeChange();
      }
    }
  }

  /** What is at a path right after it was changed; if that is not known, nor is the outcome. */
  ObjectStatus statusAfterChange(String path, StoreDeadline deadline) {
    String key = bucket.keyOf(path);
    Optional<HeadObjectResponse> head;
    try {
      head = bucket.head(key, deadline);
    } catch (UfsException e) {
      throw new UfsException(
          Kind.UNKNOWN, "Changed, but then could not be read: " + e.getMessage(), e);
    }
    return ObjectStatus.of(
        key,
        head.orElseThrow(
            () ->
                new UfsException(
                    Kind.UNKNOWN, bucket.uriOf(path) + " was made, and then was not there")));
  }

  /** Moves a file to where nothing is. */
  ObjectStatus moveFile(
      String source, ObjectStatus file, String destination, StoreDeadline deadline) {
    keepParent(source, deadline);
    try {
      copier.copyToFree(file, bucket.keyOf(destination), deadline);
    } catch (UfsException e) {
      throw e.kind() == Kind.PRECONDITION ? whichCondition(source, destination, e, deadline) : e;
    }
    ObjectStatus copy = statusAfterChange(destination, deadline);
    if (copy.size() != file.size()) {
      throw new UfsException(
          Kind.UNKNOWN,
          "The copy at "
              + bucket.uriOf(destination)
              + " has "
              + copy.size()
              + " bytes and not "
              + file.size()
              + "; the original was kept");
    }
    try {
      bucket.delete(file.key(), file.condition(), deadline);
    } catch (UfsException e) {
      throw takeBack(source, destination, copy, e, deadline);
    }
    return copy;
  }

  /** A copy has two conditions, and a store says only that one did not hold. */
  private UfsException whichCondition(
      String source, String destination, UfsException failure, StoreDeadline deadline) {
    if (!lookup.findForChange(destination, deadline).absent()) {
      return new UfsException(
          Kind.EXISTS,
          bucket.uriOf(destination) + " already exists; a rename replaces nothing",
          failure);
    }
    return changed(source, failure);
  }

  /** The old key could not be deleted: removes the copy, so that nothing has changed. */
  private UfsException takeBack(
      String source,
      String destination,
      ObjectStatus copy,
      UfsException failure,
      StoreDeadline deadline) {
    UfsException left = failure;
    // If the source has gone meanwhile, the copy may be all there is of it.
    if (failure.kind().changedNothing() && failure.kind() != Kind.ABSENT) {
      try {
        bucket.delete(copy.key(), copy.condition(), deadline);
        return failure.kind() == Kind.PRECONDITION ? changed(source, failure) : failure;
      } catch (UfsException e) {
        left = e;
      }
    }
    return new UfsException(
        Kind.UNKNOWN,
        failure.getMessage() + "; it may now be at " + bucket.uriOf(destination) + " too",
        left);
  }

  /** Moves a directory to where nothing is. */
  void moveDirectory(String source, String destination, StoreDeadline deadline) {
    String from = bucket.directoryKey(source);
    String to = bucket.directoryKey(destination);
    keepParent(source, deadline);
    List<ObjectStatus> copied = new ArrayList<>();
    boolean begun = false;
    try {
      KeyStream keys = new KeyStream(bucket, from, false, null);
      while (!keys.ended()) {
        List<ObjectStatus> page = keys.next(deadline).stream().map(item -> item.object()).toList();
        begun |= !page.isEmpty();
        copyAll(page, from.length(), to, deadline);
        copied.addAll(page);
      }
      checkCopies(copied, from.length(), to, deadline);
      deletePages(unchanged(copied, from, deadline), deadline);
    } catch (UfsException e) {
      throw begun ? half(source, destination, e) : e.beforeChange();
    }
  }

  private UfsException half(String source, String destination, UfsException failure) {
    return new UfsException(
        Kind.UNKNOWN,
        "Moved only a part of "
            + bucket.uriOf(source)
            + " to "
            + bucket.uriOf(destination)
            + ": "
            + failure.getMessage(),
        failure);
  }

  private void copyAll(List<ObjectStatus> page, int cut, String to, StoreDeadline deadline) {
    List<Callable<Void>> copies = new ArrayList<>();
    for (ObjectStatus object : page) {
      copies.add(
          () -> {
            copier.copy(object, to + object.key().substring(cut), deadline);
            return null;
          });
    }
    threads.all(copies);
  }

  /** Every key must be at the destination, with its size, before one is deleted at the source. */
  private void checkCopies(List<ObjectStatus> copied, int cut, String to, StoreDeadline deadline) {
    KeyStream keys = new KeyStream(bucket, to, false, null);
    int next = 0;
    while (!keys.ended()) {
      for (KeyStream.Item item : keys.next(deadline)) {
        boolean wanted =
            next < copied.size()
                && item.key().equals(to + copied.get(next).key().substring(cut))
                && item.object().size() == copied.get(next).size();
        next += wanted ? 1 : 0;
      }
    }
    if (next < copied.size()) {
      throw new UfsException(
          Kind.UNKNOWN, "The copy of " + copied.get(next).key() + " is not what it was");
    }
  }

  /** Keys of those that are at the source as they were copied; nothing else may be deleted. */
  private List<String> unchanged(List<ObjectStatus> copied, String from, StoreDeadline deadline) {
    List<String> same = new ArrayList<>();
    KeyStream keys = new KeyStream(bucket, from, false, null);
    Iterator<ObjectStatus> rest = copied.iterator();
    ObjectStatus next = rest.hasNext() ? rest.next() : null;
    while (!keys.ended()) {
      for (KeyStream.Item item : keys.next(deadline)) {
        while (next != null && NamespacePath.compareNames(next.key(), item.key()) < 0) {
          next = rest.hasNext() ? rest.next() : null;
        }
        if (item.object().equals(next)) {
          same.add(item.key());
        }
      }
    }
    return same;
  }

  /**
   * Deletes everything at and below a path, the directory's own marker last. Whoever finds nothing
   * there any more can rely on it that no request of this is still to come: what is made there then
   * is not deleted.
   */
  void deleteAll(String path, StoreDeadline deadline) {
    String marker = bucket.directoryKey(path);
    bucket.delete(bucket.keyOf(path), null, deadline);
    try {
      boolean marked = false;
      KeyStream keys = new KeyStream(bucket, marker, false, null);
      while (!keys.ended()) {
        List<String> all = keys.next(deadline).stream().map(KeyStream.Item::key).toList();
        List<String> page = all.stream().filter(key -> !key.equals(marker)).toList();
        marked |= page.size() < all.size();
        bucket.deleteAll(page, deadline);
      }
      if (marked) {
        bucket.delete(marker, null, deadline);
      }
    } catch (UfsException e) {
      throw new UfsException(
          Kind.UNKNOWN, "Deleted only a part of " + bucket.uriOf(path) + ": " + e.getMessage(), e);
    }
  }

  private void deletePages(List<String> keys, StoreDeadline deadline) {
    for (int from = keys.size(); from > 0; from -= KeyStream.PAGE_KEYS) {
      // From the end, so that the marker, which is the first, goes last.
      bucket.deleteAll(keys.subList(Math.max(0, from - KeyStream.PAGE_KEYS), from), deadline);
    }
  }

  @Override
  public void close() {
    threads.close();
    copier.close();
  }
}
