package io.cadastre.ufs.s3;

import io.cadastre.ufs.spi.UfsSettings;
import io.cadastre.ufs.spi.UnderFileSystem;
import io.cadastre.ufs.spi.UnderFileSystems;
import io.cadastre.ufs.testing.AbstractUnderFileSystemTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The suite that all stores pass, over HTTP. */
class S3UnderFileSystemTest extends AbstractUnderFileSystemTest {
  private static S3Server server;

  @BeforeAll
  static void start() {
    server = new S3Server();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected UnderFileSystem open(UfsSettings settings) {
    server.objects.make(S3Server.BUCKET);
    for (String outside : List.of("some/root-2", "some/roo", "some/root0/x")) {
      server.objects.write(S3Server.BUCKET, outside, 1);
    }
    return new UnderFileSystems().open("s3://bucket/some/root", settings);
  }

  @Override
  protected UfsSettings settings() {
    return UfsSettings.of(options(server));
  }

  Map<String, String> options(S3Server at) {
    return at.options();
  }

  @Override
  protected void writeOutside(String path, int size) {
    server.objects.write(S3Server.BUCKET, "some/root/" + path, size);
  }

  @Override
  protected void linkOutside(String path, String target) {
    throw new UnsupportedOperationException();
  }
}
