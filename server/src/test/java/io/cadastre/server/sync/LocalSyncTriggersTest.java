package io.cadastre.server.sync;

import java.nio.file.Path;

/** What triggers show of a directory of this machine. */
class LocalSyncTriggersTest extends AbstractSyncTriggersTest {
  @Override
  protected StoreFixture open(Path directory) {
    return new LocalStoreFixture(directory);
  }
}
