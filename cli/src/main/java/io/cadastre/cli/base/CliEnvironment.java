package io.cadastre.cli.base;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/**
 * All that a command takes from the process around it; tests give their own.
 *
 * @param variables environment variables
 * @param home the user's home directory
 * @param installation where Cadastre is installed, or the checkout; empty if not known
 * @param user the operating system's name of the user
 * @param input standard input
 * @param inputTerminal whether a person can answer on standard input
 * @param output standard output and error
 * @param zone the user's time zone
 */
public record CliEnvironment(
    Map<String, String> variables,
    Path home,
    Optional<Path> installation,
    String user,
    InputStream input,
    boolean inputTerminal,
    Output output,
    ZoneId zone) {

  /** The process's own. The start script says what is a terminal, in system properties. */
  public static CliEnvironment ofProcess() {
    boolean console = System.console() != null;
    return new CliEnvironment(
        System.getenv(),
        Path.of(System.getProperty("user.home")),
        Optional.ofNullable(System.getProperty("cadastre.home")).map(Path::of),
        System.getProperty("user.name"),
        System.in,
        flag("cadastre.cli.stdin.terminal", console),
        Output.ofProcess(flag("cadastre.cli.stderr.terminal", console)),
        ZoneId.systemDefault());
  }

  /** An environment variable that is set and not empty. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  private static boolean flag(String property, boolean otherwise) {
    String value = System.getProperty(property);
    return value == null ? otherwise : Boolean.parseBoolean(value);
  }
}
