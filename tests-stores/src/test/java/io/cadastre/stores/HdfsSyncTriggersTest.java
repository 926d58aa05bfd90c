package io.cadastre.stores;

import io.cadastre.server.sync.AbstractSyncTriggersTest;
import io.cadastre.server.sync.StoreFixture;
import java.nio.file.Path;

/** What triggers show of HDFS, changed through the name node. */
class HdfsSyncTriggersTest extends AbstractSyncTriggersTest {
  @Override
  protected StoreFixture open(Path directory) {
    return new HdfsStoreFixture(directory);
  }
}
