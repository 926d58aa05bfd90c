package io.cadastre.server.sync;

import io.cadastre.core.path.NamespacePath;

/**
 * A directory whose keys lie in more than one range, as those that a split point lies in, and the
 * listed directory itself. Each range joins its own stretch of it; whether it is there, and whether
 * all of it is known, shows only at the end. Its parent is one too. Thread-safe.
 */
final class CutDirectory {
  private final CutDirectory parent;
  private final String key;
  private final NamespacePath path;
  private final long knownId;
  // Guarded by this.
  private boolean seen;
  private boolean replaced;
  private boolean ignored;
  private long id;
  private boolean unknown;
  private boolean holdsDeletes;
  private long index = Long.MAX_VALUE;
  private long millis = Long.MAX_VALUE;

  /**
   * @param parent null for the listed directory
   * @param key with a slash at its end; empty for the listed directory
   * @param knownId what the namespace had there when the run began; {@link
   *     DirectoryPairs#NOT_THERE} if nothing, or nothing that is to be compared
   */
  CutDirectory(CutDirectory parent, String key, NamespacePath path, long knownId) {
    this.parent = parent;
    this.key = key;
    this.path = path;
    this.knownId = knownId;
    this.id = knownId;
  }

  CutDirectory parent() {
    return parent;
  }

  String key() {
    return key;
  }

  NamespacePath path() {
    return path;
  }

  long knownId() {
    return knownId;
  }

  /** Whether some range has found it in the store. */
  synchronized boolean isSeen() {
    return seen;
  }

  /**
   * It is in the store.
   *
   * @param inNamespace its id; NOT_THERE in a dry run that would make it
   * @param left whether it is not compared: a mount point, or something else that is in its place
   */
  synchronized void see(long inNamespace, boolean left) {
    seen = true;
    id = inNamespace;
    ignored = left;
  }

  synchronized long id() {
    return id;
  }

  synchronized boolean isIgnored() {
    return ignored;
  }

  /** The store has a file in its place. */
  synchronized void replace() {
    replaced = true;
  }

  synchronized boolean isReplaced() {
    return replaced;
  }

  /** A range was asked for that has a part of it. */
  synchronized void asked(long listingIndex, long listingMillis) {
    index = Math.min(index, listingIndex);
    millis = Math.min(millis, listingMillis);
  }

  /** A range is through with its part of it. */
  synchronized void left(boolean partUnknown, boolean partHoldsDeletes) {
    unknown |= partUnknown;
    holdsDeletes |= partHoldsDeletes;
  }

  synchronized boolean isUnknown() {
    return unknown;
  }

  synchronized DirectorySync.Outcome outcome() {
    return new DirectorySync.Outcome(!unknown, holdsDeletes, index, millis);
  }
}
