package io.cadastre.stores;

import io.cadastre.server.sync.AbstractSyncTriggersTest;
import io.cadastre.server.sync.StoreFixture;
import java.nio.file.Path;

/** What triggers show of an S3 bucket, changed by other requests. */
class S3SyncTriggersTest extends AbstractSyncTriggersTest {
  @Override
  protected StoreFixture open(Path directory) {
    return new S3StoreFixture(directory);
  }
}
