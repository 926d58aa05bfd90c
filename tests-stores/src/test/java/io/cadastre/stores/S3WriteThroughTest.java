package io.cadastre.stores;

import java.nio.file.Path;

/** What changes through a master make of an S3 bucket. */
class S3WriteThroughTest extends AbstractWriteThroughTest {
  @Override
  ReadableStore open(Path directory) {
    return new S3StoreFixture(directory);
  }

  /**
   * A copy in parts has an etag of another kind, which the next copy in one piece does not have.
   */
  @Override
  boolean keepsFingerprints() {
    return false;
  }
}
