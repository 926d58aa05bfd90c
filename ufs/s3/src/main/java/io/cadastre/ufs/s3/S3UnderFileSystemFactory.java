package io.cadastre.ufs.s3;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UfsLocation;
import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystemFactory;
import java.util.Set;

/** Opens `s3://bucket/prefix` and `s3a://bucket/prefix`, which are the same. */
public final class S3UnderFileSystemFactory implements UnderFileSystemFactory {
  private static final String SCHEME = "s3";
  private static final String BUCKET_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{1,254}";

  /** Ends the names of directory buckets, whose listings have no order. */
  private static final String DIRECTORY_BUCKET = "--x-s3";

  /** Called by {@link java.util.ServiceLoader}. */
  public S3UnderFileSystemFactory() {}

  @Override
  public Set<String> schemes() {
    return Set.of(SCHEME, "s3a");
  }

  @Override
  public UnderFileSystem create(UfsLocation location, UfsSettings settings) {
    S3Options options = S3Options.of(settings, location.scheme());
    String bucket = location.authority();
    if (!bucket.matches(BUCKET_NAME)) {
      throw MetadataException.invalid(
          "store URI", "'" + location + "' names no bucket; expected s3://bucket/prefix");
    }
    if (bucket.endsWith(DIRECTORY_BUCKET)) {
      throw MetadataException.invalid(
          "store URI",
          "'" + bucket + "' is a directory bucket; these list without order and cannot be mounted");
    }
    RequestMeter meter = new RequestMeter();
    return new S3UnderFileSystem(
        new S3Bucket(location, S3Clients.open(options, meter), options, meter),
        settings.listingPageEntries());
  }

  /** One scheme for both; what differs in options, such as the endpoint, does not show. */
  @Override
  public UfsLocation canonical(UfsLocation location) {
    return new UfsLocation(SCHEME, location.authority(), location.path());
  }
}
