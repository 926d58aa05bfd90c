package io.cadastre.ufs.spi;

import io.cadastre.core.error.MetadataException;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;

/**
 * The stores that this process can open, by scheme. Immutable and thread-safe; made once at start.
 */
public final class UnderFileSystems {
  private final Map<String, UnderFileSystemFactory> factories = new TreeMap<>();

  /** Those on the class path. */
  public UnderFileSystems() {
    this(UnderFileSystems.class.getClassLoader());
  }

  /** Those that a class loader sees. */
  public UnderFileSystems(ClassLoader loader) {
    this(ServiceLoader.load(UnderFileSystemFactory.class, loader));
  }

  /**
   * Exactly these.
   *
   * @throws IllegalStateException if two serve one scheme
   */
  public UnderFileSystems(Iterable<UnderFileSystemFactory> known) {
    for (UnderFileSystemFactory factory : known) {
      for (String scheme : factory.schemes()) {
        UnderFileSystemFactory other = factories.putIfAbsent(scheme, factory);
        if (other != null) {
          throw new IllegalStateException(
              "scheme '"
                  + scheme
                  + "' is served by "
                  + other
                  + " and by "
                  + factory
                  + "; remove one from the installation");
        }
      }
    }
  }

  public Set<String> schemes() {
    return Set.copyOf(factories.keySet());
  }

  /**
   * Opens the store at a URI.
   *
   * @throws MetadataException INVALID_ARGUMENT for a URI, scheme or option that is not known
   */
  public UnderFileSystem open(String uri, UfsSettings settings) {
    UfsLocation location = UfsLocation.parse(uri);
    return factory(location).create(location, settings);
  }

  /** Opens the store at a URI with default limits. */
  public UnderFileSystem open(String uri, Map<String, String> options) {
    return open(uri, UfsSettings.of(options));
  }

  /**
   * The canonical location of a URI, for comparing with {@link UfsLocation#intersects}. May ask the
   * store: blocks.
   */
  public UfsLocation canonical(String uri) {
    UfsLocation location = UfsLocation.parse(uri);
    return factory(location).canonical(location);
  }

  private UnderFileSystemFactory factory(UfsLocation location) {
    UnderFileSystemFactory factory = factories.get(location.scheme());
    if (factory == null) {
      throw MetadataException.invalid(
          "store URI",
          "no store of scheme '"
              + location.scheme()
              + "' is installed; "
              + (factories.isEmpty()
                  ? "there is none at all"
                  : "installed: " + String.join(", ", factories.keySet())));
    }
    return factory;
  }
}
