package io.cadastre.ufs.hdfs;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystemFactory;
import java.util.Set;

/** Opens `hdfs://nameservice/path` and `hdfs://host:port/path`. */
public final class HdfsUnderFileSystemFactory implements UnderFileSystemFactory {
  static final String SCHEME = "hdfs";

  private static final String DEFAULT_PORT = ":8020";

  /** Called by {@link java.util.ServiceLoader}. */
  public HdfsUnderFileSystemFactory() {}

  @Override
  public Set<String> schemes() {
    return Set.of(SCHEME);
  }

  @Override
  public UnderFileSystem create(UfsLocation location, UfsSettings settings) {
    checkLocation(location);
    return new HdfsUnderFileSystem(location, HdfsSettings.of(settings), settings);
  }

  /** Without the port that is the default. Asks nobody. */
  @Override
  public UfsLocation canonical(UfsLocation location) {
    checkLocation(location);
    String authority = location.authority();
    return authority.endsWith(DEFAULT_PORT)
        ? new UfsLocation(
            SCHEME,
            authority.substring(0, authority.length() - DEFAULT_PORT.length()),
            location.path())
        : location;
  }

  private static void checkLocation(UfsLocation location) {
    if (location.authority().isEmpty()) {
      throw MetadataException.invalid(
          "store URI",
          "'" + location + "' names no name service; expected hdfs://nameservice/path");
    }
    HdfsTree.checkNotReserved(location);
  }
}
