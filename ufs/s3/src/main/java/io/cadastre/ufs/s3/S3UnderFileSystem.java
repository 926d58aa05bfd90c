package io.cadastre.ufs.s3;

import io.cadastre.ufs.s3.S3Lookup.Found;
import io.cadastre.ufs.spi.StoreDeadline;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.StorePrices;
import io.cadastre.ufs.spi.StoreRequests;
import io.cadastre.ufs.spi.UfsAttributes;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsException.Kind;
import io.cadastre.ufs.spi.UfsFlatListing;
import io.cadastre.ufs.spi.UfsListing;
import io.cadastre.ufs.spi.UfsPath;
import io.cadastre.ufs.spi.UfsStatus;
import io.cadastre.ufs.spi.UnderFileSystem;
import java.util.List;

/**
 * A prefix of an S3 bucket as a store.
 *
 * <ul>
 *   <li>A directory is there if any key lies below it. {@link #createDirectory} makes a marker, an
 *       empty object `key/`; markers of other programs are understood whatever is in them.
 *   <li>Before the last entry of a directory may go, the directory gets a marker, so that it stays.
 *   <li>If a file and a directory have one name, the directory is shown, and a listing reports the
 *       file as not mirrored. Keys with empty components, `.`, `..` or names of more than 255 bytes
 *       are reported too; no path reaches them, but a recursive delete of a directory above does.
 *   <li>A file's time is the object's last modification, in seconds, and cannot be set; a rename
 *       changes it. Directories have none: 0. Owner, group and mode are not the store's: files show
 *       0644, directories 0755. A file's fingerprint is size and etag; a directory has none.
 *   <li>A rename copies, checks the copy's size, and deletes: see {@link ObjectMover}.
 * </ul>
 *
 * <p>Known limits: where the endpoint keeps conditions, a new object replaces none and a delete
 * hits the etag that was expected; elsewhere both are looked at right before. Nothing guards the
 * making of a file and of a directory of one name at the same moment, nor the last look at a
 * directory before its marker is deleted.
 */
final class S3UnderFileSystem implements UnderFileSystem {
  /** Requests for split points under way at once. */
  private static final int PROBE_THREADS = 16;

  private final S3Bucket bucket;
  private final S3Lookup lookup;
  private final BucketIdentity identity;
  private final ObjectMover mover;
  private final RequestThreads probes;
  private final int pageEntries;

  /**
   * @param pageEntries most entries in a page that is given out
   */
  S3UnderFileSystem(S3Bucket bucket, int pageEntries) {
    this.bucket = bucket;
    this.lookup = new S3Lookup(bucket);
    this.identity = new BucketIdentity(bucket);
    this.mover = new ObjectMover(bucket, lookup);
    this.probes = new RequestThreads("s3-probe " + bucket.name(), PROBE_THREADS);
    this.pageEntries = pageEntries;
  }

  @Override
  public String type() {
    return bucket.type();
  }

  @Override
  public String uriOf(String path) {
    return bucket.uriOf(UfsPath.check(path));
  }

  @Override
  public String rootIdentity(StoreDeadline deadline) {
    bucket.begin(deadline);
    return identity.get(deadline);
  }

  @Override
  public StoreLookup status(String path, StoreDeadline deadline) {
    UfsPath.check(path);
    try {
      Found found = lookup.find(path, deadline);
      return found.absent() ? StoreLookup.ABSENT : StoreLookup.present(found.status());
    } catch (UfsException e) {
      return StoreLookup.unknown(e);
    }
  }

  @Override
  public UfsListing list(String path, String startAfter, StoreDeadline deadline) {
    UfsPath.check(path);
    bucket.begin(deadline);
    return new S3Listing(lookup, path, startAfter == null ? "" : startAfter, pageEntries);
  }

  @Override
  public UfsFlatListing listFlat(
      String path, String startAfter, String endAt, StoreDeadline deadline) {
    UfsPath.check(path);
    bucket.begin(deadline);
    return new S3FlatListing(
        lookup, path, startAfter == null ? "" : startAfter, endAt, pageEntries);
  }

  @Override
  public List<String> splitPoints(String path, int ranges, StoreDeadline deadline) {
    UfsPath.check(path);
    return new SplitPoints(bucket, bucket.directoryKey(path), probes, deadline).find(ranges);
  }

  @Override
  public UfsStatus createDirectory(String path, UfsAttributes attributes, StoreDeadline deadline) {
    checkFree(path, deadline);
    create(path, bucket.directoryKey(path), deadline);
    return ObjectStatus.directory(UfsPath.name(path));
  }

  @Override
  public UfsStatus createFile(String path, UfsAttributes attributes, StoreDeadline deadline) {
    checkFree(path, deadline);
    create(path, bucket.keyOf(path), deadline);
    return mover.statusAfterChange(path, deadline).toFile(UfsPath.name(path));
  }

  private void checkFree(String path, StoreDeadline deadline) {
    refuseRoot(path, "create");
    if (!lookup.findForChange(path, deadline).absent()) {
      throw exists(path, null);
    }
    lookup.requireDirectory(UfsPath.parent(path), deadline);
  }

  private void create(String path, String key, StoreDeadline deadline) {
    try {
      bucket.create(key, deadline);
    } catch (UfsException e) {
      throw e.kind() == Kind.PRECONDITION ? exists(path, e) : e;
    }
  }

  private UfsException exists(String path, UfsException cause) {
    return new UfsException(Kind.EXISTS, bucket.uriOf(path) + " already exists", cause);
  }

  @Override
  public void delete(String path, String expectedFingerprint, StoreDeadline deadline) {
    refuseRoot(path, "delete");
    Found found = findPresent(path, deadline);
    if (found.directory()) {
      checkEmpty(path, deadline);
      mover.keepParent(path, deadline);
      bucket.delete(bucket.directoryKey(path), null, deadline);
      return;
    }
    mover.checkExpected(path, found.file(), expectedFingerprint);
    mover.keepParent(path, deadline);
    bucket.delete(
        bucket.keyOf(path),
        expectedFingerprint == null ? null : found.file().condition(),
        deadline);
  }

  /**
   * What is to be changed.
   *
   * @throws UfsException ABSENT, and as {@link S3Lookup#findForChange}
   */
  private Found findPresent(String path, StoreDeadline deadline) {
    Found found = lookup.findForChange(path, deadline);
    if (found.absent()) {
      throw lookup.absent(path);
    }
    return found;
  }

  private void checkEmpty(String path, StoreDeadline deadline) {
    try {
      if (!lookup.isEmptyDirectory(path, deadline)) {
        throw new UfsException(Kind.NOT_EMPTY, "The directory is not empty: " + bucket.uriOf(path));
      }
    } catch (UfsException e) {
      throw e.beforeChange();
    }
  }

  @Override
  public void deleteRecursive(String path, StoreDeadline deadline) {
    refuseRoot(path, "delete");
    findPresent(path, deadline);
    mover.keepParent(path, deadline);
    mover.deleteAll(path, deadline);
  }

  @Override
  public UfsStatus rename(
      String source, String destination, String expectedFingerprint, StoreDeadline deadline) {
    refuseRoot(source, "rename");
    refuseRoot(destination, "rename to");
    if (UfsPath.isPrefix(source, destination) && !source.equals(destination)) {
      throw new UfsException(
          Kind.REFUSED, "Cannot move " + uriOf(source) + " below itself: " + uriOf(destination));
    }
    Found found = findPresent(source, deadline);
    checkFree(destination, deadline);
    if (found.directory()) {
      mover.moveDirectory(source, destination, deadline);
      return ObjectStatus.directory(UfsPath.name(destination));
    }
    mover.checkExpected(source, found.file(), expectedFingerprint);
    return mover
        .moveFile(source, found.file(), destination, deadline)
        .toFile(UfsPath.name(destination));
  }

  @Override
  public UfsStatus setAttributes(String path, UfsAttributes attributes, StoreDeadline deadline) {
    UfsPath.check(path);
    Found found = findPresent(path, deadline);
    if (!attributes.isEmpty()) {
      throw new UfsException(
          Kind.UNSUPPORTED,
          "S3 has no owner, group, mode or modification time to set: " + uriOf(path));
    }
    return found.status();
  }

  private void refuseRoot(String path, String action) {
    if (UfsPath.check(path).isEmpty()) {
      throw new UfsException(
          Kind.REFUSED, "Cannot " + action + " the root of a store: " + bucket.uriOf(""));
    }
  }

  @Override
  public boolean supportsOwnership() {
    return false;
  }

  @Override
  public boolean supportsModificationTimes() {
    return false;
  }

  @Override
  public boolean supportsDirectories() {
    return false;
  }

  @Override
  public boolean supportsOrderedListing() {
    return true;
  }

  @Override
  public boolean supportsAtomicRename() {
    return false;
  }

  /** For files; directories have nothing to compare. */
  @Override
  public boolean supportsConditionalMutations() {
    return bucket.options().conditionsHold();
  }

  @Override
  public boolean supportsFlatListing() {
    return true;
  }

  @Override
  public StoreRequests requests() {
    return bucket.requests();
  }

  @Override
  public StorePrices prices() {
    return bucket.options().prices();
  }

  @Override
  public void close() {
    mover.close();
    probes.close();
    bucket.close();
  }
}
