package io.cadastre.server.sync;

/** A store that a test also makes fail, as it may fail in earnest. Used by one thread. */
public interface FailingStoreFixture extends StoreFixture {
  /** Whether the store can be closed to a master that runs as this user. */
  default boolean canDeny() {
    return true;
  }

  /** Closes a directory to the master: it is there, and may not be listed. */
  void deny(String path);

  /** Opens a directory that was closed. */
  void allow(String path);

  /** Makes the rest of a listing of this directory fail; called between two of its pages. */
  default void breakListing(String path) {
    deny(path);
  }

  /** Takes that back; the directory is as it was. */
  default void mendListing(String path) {
    allow(path);
  }

  /**
   * The first page, from 0, of a listing that fails because of what happened before it was asked
   * for. Some stores have read all of a directory by their first answer.
   */
  default int pageThatFails() {
    return 1;
  }

  /** Files that a directory must have so that a listing takes several requests. */
  default int filesOfSeveralRequests() {
    return 30;
  }

  /** Whether the store is a service that may be down. */
  default boolean canBeDown() {
    return true;
  }

  /** Lets the whole store answer nobody. */
  void down();

  /** Lets it answer again. */
  void up();
}
