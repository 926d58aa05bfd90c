package io.cadastre.stores;

import io.cadastre.server.sync.StoreFixture;
import java.util.List;

/** A store whose contents a test reads by itself, without ours. Used by one thread. */
interface ReadableStore extends StoreFixture {
  /** All that is below a directory, sorted, by the way from there: `a d`, `a/b f5`. */
  List<String> entries(String path);

  /**
   * Owner, group and mode of an entry: `eve:staff 640`.
   *
   * @throws UnsupportedOperationException if there are no modes
   */
  default String attributes(String path) {
    throw new UnsupportedOperationException();
  }
}
