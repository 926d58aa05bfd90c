package io.cadastre.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MasterJvmTest {
  @Test
  void theScriptStartsMastersAlike() throws IOException {
    assertThat(Files.readString(Path.of("../dist/src/dist/bin/cadastre")))
        .contains("${CADASTRE_MASTER_OPTS:-" + String.join(" ", MasterJvm.DEFAULT_OPTIONS) + "}\n");
  }
}
