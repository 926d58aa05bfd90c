package io.cadastre.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.cli.CliRunner.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What `scripts/quickstart` removes and mounts, with a `cadastre` that only notes its calls. */
class QuickstartTest {
  private static final Path SCRIPT = Path.of("..", "scripts", "quickstart");
  private static final String LIBRARY =
      """
      set -euo pipefail
      say() { :; }
      die() { printf '%s\\n' "$*" >&2; exit 1; }
      build_if_needed() { :; }
      cadastre() {
        echo "$*" >>"$CALLS"
        case "$*" in
          "local stop"*) return "$STOPPED" ;;
          *--json*) echo '"rpc":"127.0.0.1:1"' ;;
          *) echo q3.csv ;;
        esac
      }
      """;

  @TempDir private Path directory;
  private Path own;
  private Path cluster;

  @BeforeEach
  void prepare() throws IOException {
    Files.copy(SCRIPT, directory.resolve("quickstart"));
    Files.writeString(directory.resolve("lib.sh"), LIBRARY);
    own = Files.createDirectories(directory.resolve("home/own"));
    cluster = Files.createDirectories(own.resolve("cluster"));
    Files.writeString(cluster.resolve("kept"), "");
  }

  private Result run(int stopped, Path... arguments) throws IOException, InterruptedException {
    Path calls = directory.resolve("calls");
    Files.deleteIfExists(calls);
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder("bash", directory.resolve("quickstart").toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile());
    for (Path argument : arguments) {
      builder.command().add(argument.toString());
    }
    builder.environment().put("CADASTRE_QUICKSTART_DIR", own.toString());
    builder.environment().put("CALLS", calls.toString());
    builder.environment().put("STOPPED", String.valueOf(stopped));
    int exit = builder.start().waitFor();
    return new Result(
        exit, Files.exists(calls) ? Files.readString(calls) : "", Files.readString(err));
  }

  @Test
  void removesNothingWhileMastersMayRun() throws Exception {
    Files.writeString(cluster.resolve("local.properties"), "");

    Result failed = run(8);
    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.err()).contains("could not be stopped").contains(cluster.toString());
    assertThat(cluster.resolve("kept")).exists();

    Result stopped = run(0);
    assertThat(stopped.exit()).as(stopped.err()).isZero();
    assertThat(cluster).doesNotExist();
  }

  @Test
  void aDirectoryWithoutAClusterIsMadeAnew() throws Exception {
    Result result = run(2);

    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(result.out()).doesNotContain("local stop");
    assertThat(cluster).doesNotExist();
  }

  @Test
  void mountsADirectoryThatHoldsItsOwn() throws Exception {
    Result result = run(0, directory);

    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("fs mount --shared /yours file://" + directory.toRealPath() + "\n");
  }

  @Test
  void neverRemovesWhatItWasToShow() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), cluster);
    for (Path yours : new Path[] {own, cluster, link}) {
      Result result = run(0, yours);
      assertThat(result.exit()).isEqualTo(1);
      assertThat(result.err()).contains("lies in the quickstart's own directory");
      assertThat(result.out()).isEmpty();
    }
    assertThat(cluster.resolve("kept")).exists();
    Path beside = Files.createDirectory(directory.resolve("home/own-2"));
    assertThat(run(0, beside).exit()).isZero();
  }
}
