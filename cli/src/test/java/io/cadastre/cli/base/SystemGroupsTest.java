package io.cadastre.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class SystemGroupsTest {
  @TempDir private Path directory;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Of a system whose `id` does this. */
  private List<String> groups(Duration patience, String script) throws IOException {
    Path id = Files.writeString(directory.resolve("id"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(id, PosixFilePermissions.fromString("rwxr-xr-x"));
    Output output = new Output(new ByteArrayOutputStream(), err, false);
    return new SystemGroups(id.toString(), patience, output).of("bob");
  }

  private List<String> groups(String script) throws IOException {
    return groups(Duration.ofSeconds(60), script);
  }

  @Test
  void aNameMayHaveBlanks() throws IOException {
    assertThat(groups("[ \"$*\" = '-Gnz bob' ] && printf 'domain users\\0staff\\0'"))
        .containsExactly("domain users", "staff");
  }

  @Test
  void notEveryIdEndsNamesWithAZero() throws IOException {
    assertThat(groups("[ \"$*\" = '-Gn bob' ] && echo staff wheel"))
        .containsExactly("staff", "wheel");
  }

  @Test
  void anUnknownUserHasNone() throws IOException {
    assertThat(groups("exit 1")).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(new SystemGroups(directory + "/none", Duration.ofSeconds(60), null).of("bob"))
        .isEmpty();
  }

  @Test
  @Timeout(30)
  void anIdThatHangsHoldsNobodyUp() throws IOException {
    assertThat(groups(Duration.ofMillis(100), "exec sleep 600")).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("the groups of bob");
  }
}
