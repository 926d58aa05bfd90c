package io.cadastre.ufs.s3;

import io.cadastre.ufs.spi.UfsStatus;
import java.time.Instant;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * An object as a file.
 *
 * @param etag as the store wrote it, mostly in quotes; empty if it has none
 * @param modified to the second: lookups do not say more, listings of some stores do
 * @param storageClass empty for the usual one
 */
record ObjectStatus(String key, long size, String etag, Instant modified, String storageClass) {
  /** What is shown as permissions; the store has none of this kind. */
  private static final int FILE_MODE = 0644;

  private static final int LONGEST_ETAG = 200;
  private static final String STANDARD = "STANDARD";

  static ObjectStatus of(String key, HeadObjectResponse object) {
    return new ObjectStatus(
        key,
        object.contentLength() == null ? 0 : object.contentLength(),
        text(object.eTag()),
        object.lastModified(),
        text(object.storageClassAsString()));
  }

  ObjectStatus withKey(String other) {
    return new ObjectStatus(other, size, etag, modified, storageClass);
  }

  private static String text(String value) {
    return value == null ? "" : value;
  }

  /** The storage class to ask for in a copy; null for the usual one. */
  String unusualStorageClass() {
    return storageClass.isEmpty() || storageClass.equals(STANDARD) ? null : storageClass;
  }

  /** The etag that a request may insist on; null if there is none. */
  String condition() {
    return etag.isEmpty() ? null : etag;
  }

  /** `size-etag`. Empty without an etag: size alone does not tell contents apart. */
  String fingerprint() {
    String bare = etag.replace("\"", "");
    if (bare.length() > LONGEST_ETAG) {
      bare = bare.substring(0, LONGEST_ETAG);
    }
    return bare.isEmpty() ? "" : Long.toHexString(size) + "-" + bare;
  }

  UfsStatus toFile(String name) {
    long mtimeMillis = modified == null ? 0 : modified.getEpochSecond() * 1_000;
    return new UfsStatus(
        name,
        UfsStatus.Kind.FILE,
        Math.max(0, size),
        mtimeMillis,
        "",
        "",
        FILE_MODE,
        fingerprint(),
        "");
  }

  /** A directory is a name and nothing more: no time, no fingerprint. */
  static UfsStatus directory(String name) {
    return UfsStatus.impliedDirectory(name);
  }
}
