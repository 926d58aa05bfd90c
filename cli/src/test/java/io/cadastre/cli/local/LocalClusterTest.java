package io.cadastre.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.cli.CliRunner;
import io.cadastre.cli.CliRunner.Result;
import io.cadastre.cli.FakeServerMain;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Start, look, kill, bring back, stop: with real processes that only pretend to be masters. */
final class LocalClusterTest {
  @TempDir private Path home;
  private CliRunner cli;
  private String dir;
  private int basePort;

  @BeforeEach
  void prepare() throws IOException {
    dir = home.resolve("cluster").toString();
    basePort = freePorts(9);
    cli =
        new CliRunner(home)
            .variable(MasterLauncher.MAIN_CLASS_VARIABLE, FakeServerMain.class.getName())
            .variable("CADASTRE_MASTER_OPTS", "-Xmx64m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
  }

  @AfterEach
  void stop() {
    cli.run("local", "stop", "--dir", dir);
  }

  @Test
  void livesThroughAKilledMaster() {
    Result started = start();
    assertThat(started.exit()).as(started.err()).isZero();
    assertThat(started.lines()).hasSize(4);
    assertThat(started.lines().get(1)).startsWith("m1").contains("LEADER");
    assertThat(started.lines().get(3))
        .startsWith("m3")
        .contains(String.valueOf(basePort + 7))
        .contains("FOLLOWER");

    Result killed = cli.run("local", "kill", "--leader", "--dir", dir);
    assertThat(killed.out()).matches("m1 \\(pid \\d+\\): sent KILL\n");
    Result without = cli.run("local", "status", "--dir", dir, "--json");
    assertThat(without.exit()).isEqualTo(5);
    assertThat(without.out()).contains("\"name\":\"m1\",\"process\":\"gone\",\"pid\":null");
    assertThat(cli.run("local", "kill", "--leader", "--dir", dir).err())
        .contains("No master leads now");
    assertThat(cli.run("local", "kill", "--master", "m1", "--dir", dir).err())
        .contains("Master m1 does not run.");

    Result back = cli.run("local", "start", "--master", "m1", "--dir", dir);
    assertThat(back.exit()).as(back.err()).isZero();
    assertThat(pid(back, "m1")).isNotEqualTo(pid(started, "m1"));
    assertThat(pid(back, "m2")).isEqualTo(pid(started, "m2"));

    cli.run("local", "kill", "--master", "m2", "--signal", "STOP", "--dir", dir);
    assertThat(cli.run("local", "status", "--dir", dir).lines().get(2)).contains("paused");
    Result stopped = cli.run("local", "stop", "--dir", dir);
    assertThat(stopped.out()).startsWith("Stopped 3 masters; the data stays in " + dir);
    assertThat(cli.run("local", "status", "--dir", dir).out()).contains("stopped");
  }

  @Test
  void itsDirectoryMayHaveAnyName() {
    dir = home.resolve("gr\u00fc\u00dfe \u65e5\u672c").toString();

    Result started = start();
    assertThat(started.exit()).as(started.err()).isZero();
    assertThat(cli.run("local", "start", "--dir", dir).exit()).isZero();
    assertThat(cli.run("local", "stop", "--dir", dir).out()).startsWith("Stopped 3 masters;");
  }

  @Test
  void startsOnceAndIsRememberedAsTheLastCluster() throws IOException {
    Result first = start();
    Result second = cli.run("local", "start", "--dir", dir);

    assertThat(second.exit()).as(second.err()).isZero();
    assertThat(pid(second, "m1")).isEqualTo(pid(first, "m1"));
    assertThat(Files.readString(home.resolve(".cadastre/last-local"))).isEqualTo(dir + "\n");
    assertThat(cli.run("local", "start", "--dir", dir, "--masters", "5").err())
        .contains("holds a cluster of 3 masters from port " + basePort);
    // Another cluster cannot have the same ports.
    Result other =
        cli.run("local", "start", "--dir", dir + "2", "--base-port", String.valueOf(basePort));
    assertThat(other.exit()).isEqualTo(4);
    assertThat(other.err()).contains("(client port of m1) is not free");
    assertThat(Path.of(dir + "2", "local.properties")).doesNotExist();
  }

  @Test
  void aMasterThatCannotStartIsShownWithItsLastWords() throws IOException {
    start();
    cli.run("local", "kill", "--master", "m3", "--dir", dir);
    Files.delete(Path.of(dir, "m3", "data", "identity.properties"));

    Result result = cli.run("local", "start", "--dir", dir);

    assertThat(result.exit()).as(result.err()).isEqualTo(5);
    assertThat(result.err())
        .contains("Master m3 ended while it was starting")
        .contains("the storage is not formatted");
  }

  private Result start() {
    return cli.run("local", "start", "--dir", dir, "--base-port", String.valueOf(basePort));
  }

  private static String pid(Result result, String name) {
    Matcher matcher = Pattern.compile(name + " +(\\d+) ").matcher(result.out());
    assertThat(matcher.find()).as(result.out()).isTrue();
    return matcher.group(1);
  }

  /** The first of that many ports in a row that nobody listens on, below the ephemeral ones. */
  private static int freePorts(int count) throws IOException {
    for (int base = 20_000 + (int) (ProcessHandle.current().pid() % 1_000) * 10;
        base < 32_000;
        base += count) {
      boolean free = true;
      for (int port = base; port < base + count && free; port++) {
        try (ServerSocket socket = new ServerSocket(port)) {
          free = socket.isBound();
        } catch (java.net.BindException e) {
          free = false;
        }
      }
      if (free) {
        return base;
      }
    }
    throw new IOException("no " + count + " free ports in a row");
  }
}
