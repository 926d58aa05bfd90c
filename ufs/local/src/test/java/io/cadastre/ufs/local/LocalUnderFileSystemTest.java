package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import io.cadastre.ufs.testing.AbstractUnderFileSystemTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The suite that all stores pass. */
class LocalUnderFileSystemTest extends AbstractUnderFileSystemTest {
  @TempDir Path root;

  @Override
  protected UnderFileSystem open(UfsSettings settings) {
    return new UnderFileSystems().open(root.toUri().toString(), settings);
  }

  @Override
  protected void writeOutside(String path, int size) throws IOException {
    Files.write(root.resolve(path), new byte[size]);
  }

  @Override
  protected void linkOutside(String path, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(path), Path.of(target));
  }
}
