package io.cadastre.cli;

import io.cadastre.cli.base.CliEnvironment;
import io.cadastre.cli.base.JournalTools;
import io.cadastre.cli.base.Output;
import io.cadastre.cli.tools.StorageTools;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs command lines in this JVM, with a home directory and surroundings of their own. */
public final class CliRunner {
  private final Path home;
  private final Map<String, String> variables = new LinkedHashMap<>();
  private String input = "";
  private boolean terminal;
  private JournalTools tools = new StorageTools();
  private OutputStream out;

  /** What a run gave. */
  public record Result(int exit, String out, String err) {
    public List<String> lines() {
      return out.lines().toList();
    }
  }

  public CliRunner(Path home) {
    this.home = home;
    variables.put("PATH", System.getenv("PATH"));
  }

  public CliRunner variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  /** A person at a terminal who types this. */
  public CliRunner typing(String text) {
    input = text;
    terminal = true;
    return this;
  }

  public CliRunner writingTo(OutputStream stream) {
    out = stream;
    return this;
  }

  public CliRunner tools(JournalTools newTools) {
    tools = newTools;
    return this;
  }

  public Result run(String... arguments) {
    ByteArrayOutputStream caught = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CliEnvironment environment =
        new CliEnvironment(
            variables,
            home,
            Optional.of(home.resolve("installation")),
            "tester",
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            terminal,
            new Output(out == null ? caught : out, err, false),
            ZoneId.of("Asia/Tokyo"));
    int exit = CommandLines.execute(environment, tools, arguments);
    return new Result(
        exit, caught.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
