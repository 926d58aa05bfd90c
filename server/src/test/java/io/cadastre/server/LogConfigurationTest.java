package io.cadastre.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.logging.log4j.core.LoggerContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log configurations in conf/, as a master and a command use them. */
class LogConfigurationTest {
  @TempDir Path dir;

  @AfterEach
  void forgetProperties() {
    System.clearProperty("cadastre.logs.dir");
    System.clearProperty("cadastre.node");
    System.clearProperty("cadastre.logs.console");
  }

  private static LoggerContext start(String file) {
    LoggerContext context = new LoggerContext(file, null, Path.of("../conf", file).toUri());
    context.start();
    return context;
  }

  /** Standard error while a configuration is in use. */
  private static String errorOutput(Runnable body) {
    PrintStream before = System.err;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      body.run();
    } finally {
      System.setErr(before);
    }
    return captured.toString(StandardCharsets.UTF_8);
  }

  private void logAsMaster() {
    LoggerContext context = start("log4j2.xml");
    try {
      context.getLogger("io.cadastre.server.Some").info("took over, term={}", 7);
      context.getLogger("io.cadastre.server.Some").debug("detail");
      context.getLogger("io.cadastre.audit").info("alice mkdir /a");
      context.getLogger("org.apache.ratis.server.RaftServer").info("chatter");
      context.getLogger("org.apache.ratis.server.RaftServer").warn("slow follower");
      context.getLogger("io.grpc.netty").info("chatter");
    } finally {
      context.stop();
    }
  }

  @Test
  void aMasterLogsToItsFileQuietlyAndAuditsApart() throws IOException {
    System.setProperty("cadastre.logs.dir", dir.toString());
    System.setProperty("cadastre.node", "m7");
    assertThat(errorOutput(this::logAsMaster)).isEmpty();
    assertThat(Files.readAllLines(dir.resolve("m7.log")))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .matches(
                        "\\d{4}-\\d\\d-\\d\\dT[0-9:.]{12}Z INFO  m7 \\[main\\] i\\.c\\.s\\.Some"
                            + " - took over, term=7"),
            line -> assertThat(line).contains(" WARN  m7 ").endsWith("slow follower"));
    assertThat(Files.readAllLines(dir.resolve("m7-audit.log")))
        .singleElement()
        .asString()
        .isEqualTo("alice mkdir /a");
  }

  @Test
  void theConsoleSpeaksWhenAsked() {
    System.setProperty("cadastre.logs.dir", dir.toString());
    System.setProperty("cadastre.logs.console", "INFO");
    assertThat(errorOutput(this::logAsMaster)).contains("took over, term=7", "slow follower");
  }

  @Test
  void aCommandShowsErrorsOnlyAndNoStackTraces() {
    String output =
        errorOutput(
            () -> {
              LoggerContext context = start("log4j2-cli.xml");
              try {
                context.getLogger("io.cadastre.client.Some").warn("trying the next master");
                context
                    .getLogger("io.cadastre.client.Some")
                    .error("lost", new IllegalStateException("inner"));
              } finally {
                context.stop();
              }
            });
    assertThat(output).isEqualToIgnoringNewLines("cadastre: ERROR i.c.c.Some - lost");
  }
}
