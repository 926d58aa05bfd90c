package io.cadastre.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script `bin/cadastre`, with a java that only says how it was called. */
class LauncherTest {
  private static final Path SCRIPT = Path.of("..", "dist", "src", "dist", "bin", "cadastre");

  @TempDir Path directory;

  private String run(List<String> words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", SCRIPT.toString()));
    command.addAll(words);
    return run(0, command);
  }

  private String run(int exit, List<String> command) throws IOException, InterruptedException {
    Path java = directory.resolve("bin").resolve("java");
    Files.createDirectories(java.getParent());
    Files.writeString(directory.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    Files.writeString(java, "#!/bin/sh\necho \"$@\"\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", directory.toString());
    builder.environment().put("CADASTRE_MASTER_OPTS", "-as-master");
    builder.environment().put("CADASTRE_CLI_OPTS", "-as-command");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(exit);
    return said;
  }

  @ParameterizedTest
  @CsvSource({
    "master start, true",
    "master start --conf file, true",
    "--conf file master start, true",
    "--conf=file --json master start, true",
    "-D a=b -Dc=d --conf file --user me master start, true",
    "master --timeout 5s start, true",
    "fs ls /, false",
    "fs mv master start, false",
    "--conf master fs ls start, false",
    "--user master version start, false",
    "local start, false"
  })
  void onlyAMasterGetsTheFlagsAndTheLogsOfOne(String line, boolean master)
      throws IOException, InterruptedException {
    String said = run(List.of(line.split(" ")));
    assertThat(said.contains("-as-master")).isEqualTo(master);
    assertThat(said.contains("-as-command")).isNotEqualTo(master);
    assertThat(said.contains("conf/log4j2.xml")).isEqualTo(master);
    assertThat(said).endsWith("io.cadastre.cli.Main " + line + "\n");
  }

  /** Java would make it U+FFFD, and the directory of another name. */
  @Test
  @Tag("bad-input:path.argument")
  void anArgumentThatIsNotUtf8() throws IOException, InterruptedException {
    // A process cannot be given such bytes from Java.
    String shell = "exec /bin/sh \"$0\" fs mkdir \"$(printf '/a\\377b')\"";
    String said = run(2, List.of("/bin/sh", "-c", shell, SCRIPT.toString()));
    assertThat(said)
        .isEqualTo(
            "cadastre: An argument is not UTF-8; names in Cadastre are. Nothing was done.\n");
    assertThat(run(List.of("fs", "mkdir", "/a\u00e9\u6728\ud83d\ude00\ufffd")))
        .contains("/a\u00e9\u6728");
  }
}
