package io.cadastre.stores;

import io.cadastre.server.sync.AbstractSyncFailuresTest;
import io.cadastre.server.sync.FailingStoreFixture;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A bucket that fails: requests that are answered as AWS answers them, or not at all. */
class S3SyncFailuresTest extends AbstractSyncFailuresTest {
  private S3FailingStore bucket;

  @Override
  protected FailingStoreFixture open(Path directory) {
    bucket = new S3FailingStore(directory);
    return bucket;
  }

  @Test
  void theBucketIsGone() {
    Map<String, Long> objects = bucket.dropBucket();
    failsAndKeepsAll("Failed: " + mount() + ": ", UNAVAILABLE);
    bucket.makeBucket(objects);
    mended();
  }

  @Test
  void keysThatAreNoPaths() {
    String tooLong = "x".repeat(256);
    bucket.write(top() + tooLong, 1);
    bucket.write(top() + "small/" + tooLong, 1);
    String reason = ": a key with a component that is no name";
    failsAndKeepsAll(mount() + "/" + tooLong + reason, mount() + "/small/" + tooLong + reason);
    bucket.remove(top() + tooLong);
    bucket.remove(top() + "small/" + tooLong);
    mended();
  }

  @Test
  void aFileThatADirectoryHides() {
    bucket.write(top() + "small", 1);
    failsAndKeepsAll("Failed: " + mount() + "/small: ", REFUSED);
    bucket.removeKey(top() + "small");
    mended();
  }
}
