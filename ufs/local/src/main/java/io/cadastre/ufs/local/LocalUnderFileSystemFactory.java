package io.cadastre.ufs.local;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystemFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Opens `file:///path`. Knows no options. */
public final class LocalUnderFileSystemFactory implements UnderFileSystemFactory {
  static final String SCHEME = "file";

  /** Called by {@link java.util.ServiceLoader}. */
  public LocalUnderFileSystemFactory() {}

  @Override
  public Set<String> schemes() {
    return Set.of(SCHEME);
  }

  @Override
  public UnderFileSystem create(UfsLocation location, UfsSettings settings) {
    settings.checkOptions(SCHEME, Set.of(HostDisks.PARALLEL));
    checkLocation(location);
    ExactNames.checkEncoding();
    return new LocalUnderFileSystem(location, settings);
  }

  /** Symbolic links resolved in as much of the path as exists. */
  @Override
  public UfsLocation canonical(UfsLocation location) {
    checkLocation(location);
    Path path = Path.of(location.path());
    for (Path existing = path; existing != null; existing = existing.getParent()) {
      Optional<Path> real = realPath(existing);
      if (real.isPresent()) {
        String resolved = real.get().resolve(existing.relativize(path)).normalize().toString();
        return new UfsLocation(location.scheme(), location.authority(), resolved);
      }
    }
    return location;
  }

  /**
   * Empty if it does not exist or may not be looked into; what is above it can still be resolved.
   */
  private static Optional<Path> realPath(Path path) {
    try {
      return Optional.of(path.toRealPath());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static void checkLocation(UfsLocation location) {
    if (!location.authority().isEmpty()) {
      throw MetadataException.invalid(
          "store URI", "'" + location + "' names a host; expected file:///path with three slashes");
    }
  }
}
