package io.cadastre.stores;

import io.cadastre.server.sync.AbstractSyncFailuresTest;
import io.cadastre.server.sync.FailingStoreFixture;
import java.nio.file.Path;

/** A name node that fails, asked by a user whom permissions bind. */
class HdfsSyncFailuresTest extends AbstractSyncFailuresTest {
  @Override
  protected FailingStoreFixture open(Path directory) {
    return new HdfsFailingStore(directory);
  }
}
