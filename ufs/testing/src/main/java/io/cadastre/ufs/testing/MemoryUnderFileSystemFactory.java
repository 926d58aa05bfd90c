package io.cadastre.ufs.testing;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystemFactory;
import java.util.Set;

/**
 * Opens `memory://name/path`. Knows the option `secret`, which it ignores, to test secrets with.
 */
public final class MemoryUnderFileSystemFactory implements UnderFileSystemFactory {
  static final String SCHEME = "memory";

  /** Called by {@link java.util.ServiceLoader}. */
  public MemoryUnderFileSystemFactory() {}

  @Override
  public Set<String> schemes() {
    return Set.of(SCHEME);
  }

  @Override
  public UnderFileSystem create(UfsLocation location, UfsSettings settings) {
    settings.checkOptions(SCHEME, Set.of("secret"));
    if (location.authority().isEmpty()) {
      throw MetadataException.invalid("store URI", "has no name; expected memory://name/");
    }
    return new MemoryUnderFileSystem(
        MemoryStore.named(location.authority()), location, settings.listingPageEntries());
  }
}
