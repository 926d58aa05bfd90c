package io.cadastre.cli.base;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command has, before or behind its name. */
public final class GlobalOptions {
  @Option(
      names = "--masters",
      scope = ScopeType.INHERIT,
      paramLabel = "HOST:PORT,...",
      order = 100,
      description =
          "Client addresses of the masters. Without it: $$CADASTRE_MASTERS, the configuration file,"
              + " the last local cluster of this user.")
  private String masters;

  @Option(
      names = "--conf",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      order = 101,
      description =
          "Configuration file. Without it: $$CADASTRE_CONF, conf/cadastre-site.properties of the"
              + " installation.")
  private Path conf;

  @Option(
      names = "-D",
      scope = ScopeType.INHERIT,
      paramLabel = "KEY=VALUE",
      order = 102,
      description = "Set a configuration key for this command; may be repeated.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--user",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      order = 103,
      description = "Act as this user instead of the one who runs the command.")
  private String user;

  @Option(
      names = "--timeout",
      scope = ScopeType.INHERIT,
      paramLabel = "DURATION",
      order = 104,
      description = "Give up a call after this long, such as 500ms or 10s.")
  private String timeout;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      order = 105,
      description = "Print JSON, one object a line.")
  private boolean json;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      order = 106,
      description = "Show stack traces and the client's log on failure.")
  private boolean verbose;

  @Option(
      names = "--help",
      scope = ScopeType.INHERIT,
      usageHelp = true,
      order = 107,
      description = "Show this help.")
  private boolean help;

  /** Null if not given; likewise for the other values without a default. */
  public String masters() {
    return masters;
  }

  public Path conf() {
    return conf;
  }

  public Map<String, String> properties() {
    return properties;
  }

  public String user() {
    return user;
  }

  public String timeout() {
    return timeout;
  }

  public boolean json() {
    return json;
  }

  public boolean verbose() {
    return verbose;
  }

  public boolean help() {
    return help;
  }
}
