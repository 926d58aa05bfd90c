package io.cadastre.ufs.spi;

import io.cadastre.core.error.MetadataException;
import java.util.Set;

/**
 * Opens stores of some schemes. Found by {@link java.util.ServiceLoader}: it has a public
 * constructor without arguments, keeps no state, and is thread-safe.
 */
public interface UnderFileSystemFactory {

  /** The schemes it serves, lower case; not empty. */
  Set<String> schemes();

  /**
   * Opens the store at a location. Reads and checks all of the settings, and refuses what it does
   * not know; does not need the store to be reachable, since a master must start while it is not.
   *
   * @throws MetadataException INVALID_ARGUMENT for an option or a location that cannot work
   */
  UnderFileSystem create(UfsLocation location, UfsSettings settings);

  /**
   * The one form of a location under which it is compared with others. May ask the store, for
   * example to resolve symbolic links; what cannot be asked is left as it is.
   */
  default UfsLocation canonical(UfsLocation location) {
    return location;
  }
}
