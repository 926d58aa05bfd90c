package io.cadastre.server.badinput;

import io.cadastre.cli.Main;
import io.cadastre.cli.base.CliEnvironment;
import io.cadastre.cli.base.Output;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Types commands in this JVM, with nobody at the terminal and a home directory of its own. */
public final class Shell {
  private final Path home;
  private final Map<String, String> variables = new HashMap<>();

  /**
   * @param masters $CADASTRE_MASTERS; empty if it is not set
   */
  public Shell(Path home, String masters) {
    this.home = home;
    if (!masters.isEmpty()) {
      variables.put("CADASTRE_MASTERS", masters);
    }
  }

  public Said run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CliEnvironment environment =
        new CliEnvironment(
            variables,
            home,
            Optional.empty(),
            "admin",
            InputStream.nullInputStream(),
            false,
            new Output(out, err, false),
            ZoneOffset.UTC);
    int exit = Main.run(environment, arguments);
    return new Said(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Everything that a user can see of the namespace, change indexes included. */
  String state() {
    return run("fs", "ls", "-R", "--json", "--load-type", "NEVER", "/").succeeds().out()
        + run("fs", "mounts", "--json").succeeds().out()
        + run("path-conf", "list", "--json").succeeds().out();
  }
}
