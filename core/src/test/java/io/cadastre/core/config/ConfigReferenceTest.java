package io.cadastre.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigReferenceTest {
  // Tests run in the module's directory.
  private static final Path PAGE = Path.of("../docs/configuration.md");

  @Test
  void theCommittedPageIsTheGeneratedOne() throws IOException {
    assertThat(Files.readString(PAGE))
        .as(
            "docs/configuration.md is not up to date; from the top of the checkout run:\n"
                + "  mvn -q -pl core compile && java -cp core/target/classes"
                + " io.cadastre.core.config.ConfigReference docs/configuration.md\n")
        .isEqualTo(ConfigReference.page());
  }

  @Test
  void everyKeyHasARow() {
    for (ConfigKey<?> key : ConfigKeys.all()) {
      assertThat(ConfigReference.page()).contains("\n| `" + key.name() + "` | ");
    }
  }
}
