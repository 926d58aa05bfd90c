package io.cadastre.stores;

import java.nio.file.Path;

/** What changes through a master make of a directory of an HDFS. */
class HdfsWriteThroughTest extends AbstractWriteThroughTest {
  @Override
  ReadableStore open(Path directory) {
    return new HdfsStoreFixture(directory);
  }
}
