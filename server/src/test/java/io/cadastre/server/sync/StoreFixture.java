package io.cadastre.server.sync;

import java.util.Map;

/**
 * A store as another program sees it: a test changes it behind the cluster's back. Paths are from
 * the store's root, `a/b`; directories above are made. Used by one thread.
 */
public interface StoreFixture extends AutoCloseable {
  /** What to mount. */
  String uri();

  /** Options of the mount, value by name. */
  default Map<String, String> options() {
    return Map.of();
  }

  void mkdirs(String path);

  /** Makes a file of this size, or gives the one that is there new bytes. */
  void write(String path, int size);

  /** Lengthens a file. */
  void append(String path, int size);

  /** Removes an entry with all that is below it. */
  void remove(String path);

  /** Moves a file or a directory. */
  void move(String source, String destination);

  /** Whether entries have a mode of their own. */
  default boolean hasModes() {
    return true;
  }

  /**
   * Sets the mode of an entry.
   *
   * @throws UnsupportedOperationException if there are no modes
   */
  default void chmod(String path, int mode) {
    throw new UnsupportedOperationException();
  }

  /** Whether this process may give entries away. */
  default boolean mayChangeOwners() {
    return true;
  }

  /**
   * Gives an entry to another owner and group.
   *
   * @throws UnsupportedOperationException if that is not allowed
   */
  default void chown(String path, String owner, String group) {
    throw new UnsupportedOperationException();
  }

  /** Two users and two groups that the store knows: before and after a change of hands. */
  default String[] owners() {
    return new String[] {"daemon", "bin"};
  }

  @Override
  void close();
}
