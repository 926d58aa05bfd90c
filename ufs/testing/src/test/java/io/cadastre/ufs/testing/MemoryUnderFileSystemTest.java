package io.cadastre.ufs.testing;

import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;

class MemoryUnderFileSystemTest extends AbstractUnderFileSystemTest {
  private final String name = "suite-" + UUID.randomUUID();

  @Override
  protected UnderFileSystem open(UfsSettings settings) {
    MemoryStore.named(name).setFlat(true).mkdirs("some/root");
    return new UnderFileSystems().open("memory://" + name + "/some/root", settings);
  }

  @AfterEach
  void forget() {
    MemoryStore.forget(name);
  }

  @Override
  protected void writeOutside(String path, int size) {
    MemoryStore.named(name).write("some/root/" + path, size);
  }

  @Override
  protected void linkOutside(String path, String target) {
    MemoryStore.named(name).symlink("some/root/" + path, target);
  }
}
