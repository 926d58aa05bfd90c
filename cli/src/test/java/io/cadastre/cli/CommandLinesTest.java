package io.cadastre.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.cli.CliRunner.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parsing, help, and what a user sees on failure; no cluster. */
final class CommandLinesTest {
  @TempDir private Path home;

  private Result run(String... arguments) {
    return new CliRunner(home).run(arguments);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fss                                        | Did you mean: fs
          fs ls                                      | Missing required parameter: 'PATH'
          fs ls relative                             | it must start with /
          fs ls /a/../b                              | relative components are not allowed
          fs ls / --sync-interval 5x                 | --sync-interval: got '5x'; expected a duration
          fs ls / --load-type SOMETIMES              | expected one of [NEVER, ONCE, ALWAYS]
          fs ls / --limit -1                         | --limit: expected 1 or more
          fs ls / --recursive                        | Unknown option: '--recursive'
          fs chmod u+q /a                            | 'u+q' is no mode; expected octal digits
          fs mkdir --mode u+x /a                     | 'u+x' is no mode; expected octal digits
          fs chown : /a                              | expected OWNER, OWNER:GROUP or :GROUP
          fs find / --larger big                     | --larger: got 'big'; expected a size
          fs find / --type x                         | --type: got 'x'; expected f, d or l
          fs find / --name [a                        | is no pattern: a [ is not closed
          fs mount /a                                | Missing STORE-URI
          fs mount --writable                        | Missing PATH and STORE-URI
          fs update-mount /a                         | Nothing to change
          fs update-mount /a --writable --read-only  | mutually exclusive
          fs test /a                                 | Missing required argument
          fs xattr set /a n %% --base64              | not valid base64
          fs load-metadata / --override-guard        | expected together with --force
          fs mv /a                                   | Missing required parameter: 'DESTINATION'
          path-conf set /a                           | Missing required parameter: 'KEY=VALUE'
          path-conf set /a nonsense                  | KEY=VALUE
          journal dump                               | No storage is named
          journal dump --dir d --from 5 --to 4       | expected 0 <= from <= to
          journal format --dir d                     | No master is named
          journal format --dir d --name a/b          | --name
          journal format --dir d --name m --cluster-id x | Invalid value for option '--cluster-id'
          local start --masters 2                    | expected 1, 3 or 5
          local start --masters 127.0.0.1:1          | Invalid value for option '--masters'
          local start --conf c.properties            | with -DKEY=VALUE
          local kill                                 | Missing required argument
          local kill --leader --master m1            | mutually exclusive
          local kill --leader --signal HUP           | unknown signal 'HUP'
          local status                               | There is no local cluster in
          master start                               | No configuration file
          fs ls /                                    | No cluster is named. Pass --masters
          fs ls / --masters nonsense                 | 'nonsense' is not host:port
          fs ls / --masters h:1 --timeout soon       | --timeout: got 'soon'; expected a duration
          fs ls / --masters h:1 -Dcadastre.mastres=x | cadastre.masters
          fs ls / --conf nowhere.properties          | does not exist
          fs                                         | Missing command: one of ls, stat
          """)
  void aWrongCommandLineIsExplained(String line, String words) {
    Result result = run(line.strip().split(" +"));

    assertThat(result.err()).contains(words).doesNotContain("Exception").doesNotContain("\tat ");
    assertThat(result.out()).isEmpty();
    assertThat(result.exit()).isEqualTo(2);
    assertThat(home.resolve(".cadastre").resolve("last-local")).doesNotExist();
  }

  @Test
  void anErrorIsJsonOnRequest() {
    assertThat(run("fs", "ls", "relative", "--json").err())
        .startsWith("{\"error\":{\"code\":\"USAGE\",\"message\":\"Invalid value")
        .endsWith("\"exitCode\":2}}\n");
    assertThat(run("--json", "fs", "ls", "/").err())
        .startsWith("{\"error\":{\"code\":\"USAGE\",\"message\":\"No cluster is named.");
  }

  @Test
  void helpGoesToStandardOutput() {
    Result result = run("fs", "ls", "--help");

    assertThat(result.exit()).isZero();
    assertThat(result.out())
        .startsWith("Usage: cadastre fs ls [OPTIONS] PATH...")
        .contains("--sync-interval=DURATION")
        .doesNotContain("--masters");
    assertThat(result.err()).isEmpty();
    assertThat(run("--help").out()).contains("--masters=HOST:PORT,...");
  }

  @Test
  void version() {
    assertThat(run("version").out()).matches("cadastre \\d+\\.\\d+\\.\\d+.* \\(Java .*\\)\n");
    assertThat(run("version", "--json").out()).startsWith("{\"version\":\"");
  }

  @Test
  void completionKnowsTheCommands() {
    assertThat(run("completion").out())
        .contains("complete -F _complete_cadastre")
        .contains("load-metadata")
        .contains("--sync-interval");
  }

  @Test
  @Tag("bad-input:option.server")
  void aMasterThatIsNotInstalledIsSaid() throws IOException {
    Path conf = Files.writeString(home.resolve("c.properties"), "");

    Result result = run("master", "start", "--conf", conf.toString());

    assertThat(result.exit()).isEqualTo(8);
    assertThat(result.err()).contains("This installation has no server");
  }

  @Test
  void aReaderThatHasGoneEndsItQuietly() {
    OutputStream closed = failing("Broken pipe");

    Result result = new CliRunner(home).writingTo(closed).run("version");

    assertThat(result).isEqualTo(new Result(0, "", ""));
  }

  private static OutputStream failing(String message) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(message);
      }
    };
  }

  @Test
  void formatAsksFirst() throws IOException {
    String dir = home.resolve("data").toString();

    Result refused = run("journal", "format", "--dir", dir, "--name", "m1");
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err()).contains("Pass --yes");
    assertThat(Path.of(dir)).doesNotExist();

    Result declined =
        new CliRunner(home).typing("no\n").run("journal", "format", "--dir", dir, "--name", "m1");
    assertThat(declined.exit()).isEqualTo(9);
    assertThat(Path.of(dir)).doesNotExist();

    Result agreed =
        new CliRunner(home).typing("y\n").run("journal", "format", "--dir", dir, "--name", "m1");
    assertThat(agreed.exit()).isZero();
    assertThat(Path.of(dir, "identity.properties")).exists();

    Result again =
        new CliRunner(home).typing("\n").run("journal", "format", "--dir", dir, "--name", "m1");
    assertThat(again.exit()).isEqualTo(9);
    assertThat(again.err()).contains("This deletes the storage of master m1 of cluster");
  }

  @Test
  void formatTakesNameAndStorageFromTheConfiguration() throws IOException {
    Path conf =
        Files.writeString(
            home.resolve("c.properties"),
            "cadastre.master.name=m1\ncadastre.master.storage.dir=" + home.resolve("s") + "\n");
    String id = "00000000-0000-0000-0000-0000000000aa";

    Result result =
        run("journal", "format", "--conf", conf.toString(), "--yes", "--json", "--cluster-id", id);

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("\"name\":\"m1\"").contains(id);
    assertThat(Files.readString(home.resolve("s").resolve("identity.properties"))).contains(id);
  }
}
