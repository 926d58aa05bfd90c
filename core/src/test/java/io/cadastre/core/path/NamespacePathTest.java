package io.cadastre.core.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import org.junit.jupiter.api.Test;

/** What is refused; the rules themselves are tested through a master, in `BadPathsTest`. */
class NamespacePathTest {
  private static final int MEGABYTE = 1 << 20;

  @Test
  void aRefusalDoesNotRepeatAPathOfMegabytes() {
    for (String path :
        new String[] {"a".repeat(MEGABYTE), "/" + "a".repeat(MEGABYTE), "\n".repeat(MEGABYTE)}) {
      assertThatThrownBy(() -> NamespacePath.of(path))
          .isInstanceOfSatisfying(
              MetadataException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PATH);
                assertThat(e.context().get("path")).hasSizeLessThan(300);
              });
    }
  }
}
