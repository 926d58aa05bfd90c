package io.cadastre.server.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.FileOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.testing.TestMaster;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made below a directory that is not there. */
class MissingParentTest {
  @Test
  void isNotFoundUnlessParentsAreMadeToo(@TempDir Path directory) {
    try (TestMaster master = TestMaster.in(directory).start()) {
      MetadataClient client = master.client();
      client.createFile("/file", FileOptions.DEFAULT.withComplete(true));

      refused(ErrorCode.NOT_FOUND, () -> client.createFile("/a/b"));
      refused(ErrorCode.NOT_FOUND, () -> client.createDirectory("/a/b/c"));
      refused(ErrorCode.NOT_A_DIRECTORY, () -> client.createDirectory("/file/b"));
      assertThat(client.exists("/a").value()).isFalse();

      client.createDirectory("/a/b/c", DirectoryOptions.DEFAULT.withParents(true));
      client.createFile("/d/e/f", FileOptions.DEFAULT.withParents(true));
      assertThat(client.exists("/a/b/c").value()).isTrue();
      assertThat(client.exists("/d/e/f").value()).isTrue();
    }
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(MetadataException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
