package io.cadastre.ufs.s3;

import io.cadastre.ufs.spi.StoreDeadline;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/**
 * Names a root: `s3:endpoint:bucket/prefix`. S3 has nothing that would tell a bucket from another
 * that was made later under its name. That the bucket is there is asked now and then only: every
 * listing and lookup fails by itself when it is not.
 */
final class BucketIdentity {
  private static final long CHECKED_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int LONGEST = 512;

  private final S3Bucket bucket;
  private final String identity;
  private volatile long checkedAtNanos;
  private volatile boolean checked;

  BucketIdentity(S3Bucket bucket) {
    this.bucket = bucket;
    String endpoint =
        bucket.options().aws()
            ? "aws"
            : bucket.options().endpoint().map(URI::getAuthority).orElse("aws");
    String root = "s3:" + endpoint + ":" + bucket.name() + "/" + bucket.directoryKey("");
    // Of a longer one the end says more than the beginning.
    this.identity =
        root.length() <= LONGEST
            ? root
            : Integer.toHexString(root.hashCode())
                + ":"
                + root.substring(root.length() - LONGEST + 16);
  }

  String get(StoreDeadline deadline) {
    if (!checked || System.nanoTime() - checkedAtNanos > CHECKED_NANOS) {
      bucket.checkExists(deadline);
      checkedAtNanos = System.nanoTime();
      checked = true;
    }
    return identity;
  }
}
