package io.cadastre.ufs.spi;

import java.util.List;

/**
 * One mounted root of an under store: its metadata, never its bytes. Opened by an {@link
 * UnderFileSystemFactory} for one {@link UfsLocation}, the root; closed when the mount goes.
 *
 * <p><b>Paths</b> are relative to the root: the empty text is the root itself, anything else is
 * `a/b`, without a slash at either end, in valid components ({@link UfsPath#check}). A store must
 * refuse any other text with an {@link IllegalArgumentException}, and must never reach outside its
 * root, not through a symbolic link either.
 *
 * <p><b>Threads.</b> All methods are thread-safe and block. They are called from bounded pools, and
 * never from an event loop or under a lock that readers need.
 *
 * <p><b>Deadlines.</b> Every call carries one. A store must look at it before each request that it
 * sends and should hand it to its transport; one that may hang in a system call regardless (a hard
 * NFS mount) is wrapped in `DeadlineUnderFileSystem`, which cuts the caller loose. A deadline that
 * passes makes the answer unknown.
 *
 * <p><b>Three answers.</b> "Absent" is said only when the store itself, reachable and with its root
 * in place, says that the path does not exist. An I/O error, a time-out, a directory on the way
 * that may not be searched, a root that has vanished: {@link StoreLookup.Unknown}, or a {@link
 * UfsException} where there is no lookup to return.
 *
 * <p><b>Errors.</b> Every method but {@link #status} reports failure by {@link UfsException}, whose
 * kind says whether anything may have changed. After a mutation that failed with {@link
 * UfsException.Kind#UNKNOWN} the caller must ask the store what is there (the intent of the write
 * does that); any other kind promises that the store is as it was before the call.
 *
 * <p><b>Crashes.</b> A mutation that returned is visible to every later call of every process that
 * uses the store, and is as durable as the store makes its own; Cadastre does not fsync on the
 * store's behalf. A process that dies inside a mutation leaves it done, not done, or half done as
 * its method says; no store keeps state of its own to finish it later.
 *
 * <p><b>Conditions.</b> `expectedFingerprint` makes a mutation conditional on what the caller last
 * saw. Where {@link #supportsConditionalMutations()} holds, check and change are one step in the
 * store; elsewhere the store compares right before the change, and another program may slip in
 * between. Either way a mismatch is {@link UfsException.Kind#PRECONDITION}. Null means: do not
 * check.
 */
public interface UnderFileSystem extends AutoCloseable {

  /** The scheme under which the store was opened, for example `file`. */
  String type();

  /** The full URI of a path, for messages and for clients that read bytes themselves. No I/O. */
  String uriOf(String path);

  /**
   * Names the very root that is there now: equal for as long as it is the same directory, bucket or
   * file system, on every host that mounts it, and across restarts; different when another one has
   * taken its place (an unmounted NFS, a replaced disk). Opaque text, at most 512 characters. Must
   * be cheap enough to ask before every listing.
   *
   * @throws UfsException UNKNOWN if the root cannot be reached or is not a directory
   */
  String rootIdentity(StoreDeadline deadline);

  /**
   * What is at a path now. Never throws for a failing store. A symbolic link is answered as such,
   * and not followed. With the root, absent is never an answer.
   *
   * <p>A path below a file is absent. A path through a symbolic link is unknown, with cause
   * UNSUPPORTED; an entry that the store has but that cannot be mirrored (a device, a socket) is
   * unknown too, with the reason that a listing would give.
   */
  StoreLookup status(String path, StoreDeadline deadline);

  /**
   * Opens a listing of the direct children of a directory whose names are greater than `startAfter`
   * (null: all of them). May be lazy: any failure may come from here or from {@link
   * UfsListing#next}.
   *
   * @throws UfsException ABSENT (never for the root), NOT_A_DIRECTORY, DENIED, UNSUPPORTED (a path
   *     through a symbolic link), UNKNOWN
   */
  UfsListing list(String path, String startAfter, StoreDeadline deadline);

  /**
   * Opens a listing of everything below a directory whose keys are greater than `startAfter` (null:
   * from the first) and not greater than `endAt` (null: to the last), both in unsigned UTF-8 bytes
   * of keys as {@link UfsFlatListing} has them. Ranges of one directory may be listed by several
   * threads at once. May be lazy, as {@link #list}. Of a directory that does not exist, and of a
   * range in which nothing is, the listing is empty: a caller that must know the difference asks
   * {@link #status}.
   *
   * @throws UfsException UNSUPPORTED if {@link #supportsFlatListing()} does not hold, DENIED,
   *     UNKNOWN
   */
  default UfsFlatListing listFlat(
      String path, String startAfter, String endAt, StoreDeadline deadline) {
    throw noFlatListing(path);
  }

  /**
   * Keys that cut what is below a directory in roughly equal parts, to be listed by {@link
   * #listFlat}: the first part ends at the first key, the last begins after the last one. A guess
   * from few requests, at most 2 per range and 8 more; parts may differ much, and may be empty.
   *
   * @param ranges how many parts are wanted; at least 1
   * @return at most `ranges - 1` keys in strictly ascending order; empty if it is not worth cutting
   * @throws UfsException as {@link #listFlat}
   */
  default List<String> splitPoints(String path, int ranges, StoreDeadline deadline) {
    throw noFlatListing(path);
  }

  private UfsException noFlatListing(String path) {
    return new UfsException(
        UfsException.Kind.UNSUPPORTED,
        "A store of type '" + type() + "' has no flat listing: " + uriOf(path));
  }

  /**
   * Creates one directory. Its parent must exist. Exclusive: anything at the path makes it fail.
   * Attributes that are not given are the store's defaults. If it dies between creating and setting
   * attributes the directory is there with default ones.
   *
   * @return what is there now
   * @throws UfsException EXISTS, ABSENT (no parent), NOT_A_DIRECTORY (the parent is none), DENIED,
   *     REFUSED, UNSUPPORTED, UNKNOWN
   */
  UfsStatus createDirectory(String path, UfsAttributes attributes, StoreDeadline deadline);

  /** Creates one empty file; otherwise as {@link #createDirectory}. */
  UfsStatus createFile(String path, UfsAttributes attributes, StoreDeadline deadline);

  /**
   * Deletes a file, a symbolic link (never its target) or an empty directory. The root is refused.
   *
   * @throws UfsException ABSENT, NOT_EMPTY, PRECONDITION, DENIED, REFUSED, UNKNOWN
   */
  void delete(String path, String expectedFingerprint, StoreDeadline deadline);

  /**
   * Deletes a path and all that is below it, what cannot be mirrored included, children before
   * their directory. Symbolic links are removed and not followed. The root is refused. Not atomic:
   * any failure after the first deletion is UNKNOWN, and the call can be repeated.
   *
   * @throws UfsException ABSENT, DENIED, REFUSED, UNKNOWN
   */
  void deleteRecursive(String path, StoreDeadline deadline);

  /**
   * Moves a file or a directory with all that is below it. Never replaces: anything at the
   * destination makes it fail. The destination's parent must exist. Moving a directory below itself
   * is REFUSED, and so is either path being the root. Where {@link #supportsAtomicRename()} does
   * not hold, a process that dies may leave both names, or a part of the subtree at each.
   *
   * @return what is at the destination now
   * @throws UfsException ABSENT (no source, or no parent of the destination), EXISTS,
   *     NOT_A_DIRECTORY, PRECONDITION, DENIED, REFUSED, UNSUPPORTED, UNKNOWN
   */
  UfsStatus rename(
      String source, String destination, String expectedFingerprint, StoreDeadline deadline);

  /**
   * Sets the attributes that are given and leaves the others. Not atomic across attributes: a
   * failure after the first is UNKNOWN. Symbolic links are not followed and not changed:
   * UNSUPPORTED.
   *
   * @return what is there now
   * @throws UfsException ABSENT, DENIED, REFUSED (for example an owner the store does not know),
   *     UNSUPPORTED, UNKNOWN
   */
  UfsStatus setAttributes(String path, UfsAttributes attributes, StoreDeadline deadline);

  /** Whether owner, group and mode are the store's own and can be set. */
  default boolean supportsOwnership() {
    return true;
  }

  /** Whether modification times can be set. */
  default boolean supportsModificationTimes() {
    return true;
  }

  /** Whether directories exist by themselves, and are not merely prefixes of names. */
  default boolean supportsDirectories() {
    return true;
  }

  /** Whether the store has symbolic links. */
  default boolean supportsSymbolicLinks() {
    return false;
  }

  /** Whether the store itself lists in byte order, so that `startAfter` spares it work. */
  default boolean supportsOrderedListing() {
    return false;
  }

  /** Whether a rename happens in one step, for a crash and for other programs. */
  default boolean supportsAtomicRename() {
    return true;
  }

  /** Whether `expectedFingerprint` is checked in the same step as the change. */
  default boolean supportsConditionalMutations() {
    return false;
  }

  /** Whether {@link #listFlat} and {@link #splitPoints} work, and are cheaper than descending. */
  default boolean supportsFlatListing() {
    return false;
  }

  /**
   * Whether requests hardly wait: they cost processor time of this host and little else, as those
   * to a cached local disk do. More of them at once than there are processors gain nothing. No I/O;
   * false before the first {@link #rootIdentity} at least.
   */
  default boolean isOnThisHost() {
    return false;
  }

  /** Requests that went over the wire since the store was opened, failed ones included. No I/O. */
  default StoreRequests requests() {
    return StoreRequests.NONE;
  }

  /** What {@link #requests} cost. No I/O. */
  default StorePrices prices() {
    return StorePrices.NONE;
  }

  /** Frees threads and connections. Idempotent. Calls under way may fail with UNAVAILABLE. */
  @Override
  void close();
}
