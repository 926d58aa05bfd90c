package io.cadastre.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/cli.md says what the commands say. */
final class CliReferenceTest {
  private static final Path PAGE = Path.of("..", "docs", "cli.md");
  private static final String REGENERATE =
      "mvn -q -pl cli -am test -Dtest=CliReferenceTest -Dcadastre.docs.write=true"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  @Test
  void thePageIsUpToDate() throws Exception {
    if (Boolean.getBoolean("cadastre.docs.write")) {
      CliReference.main(new String[] {PAGE.toString()});
    }
    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as("docs/cli.md is out of date; write it anew with:\n  %s\n", REGENERATE)
        .isEqualTo(CliReference.text());
  }

  @Test
  void namesEveryCommand() {
    assertThat(CliReference.text())
        .contains("### cadastre fs load-metadata")
        .contains("### cadastre fs xattr set")
        .contains("## cadastre report")
        .contains("| 1 | Nothing is at the path")
        .contains("`-DKEY=VALUE`");
  }
}
