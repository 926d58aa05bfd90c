package io.cadastre.server.sync;

import java.nio.file.Path;

/** What triggers show of a store in memory. */
class MemorySyncTriggersTest extends AbstractSyncTriggersTest {
  @Override
  protected StoreFixture open(Path directory) {
    return new MemoryStoreFixture();
  }
}
