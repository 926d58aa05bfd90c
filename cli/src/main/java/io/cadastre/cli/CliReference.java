package io.cadastre.cli;

import io.cadastre.cli.base.CliEnvironment;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.tools.StorageTools;
import io.cadastre.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes docs/cli.md from the commands themselves: a new option cannot be left out of it. */
final class CliReference {
  private static final String INTRODUCTION =
      """
      # The command line

      This page is generated from the commands; a test compares it with them.

      `cadastre GROUP COMMAND [OPTIONS] [PARAMETERS]`. Options may stand anywhere behind the
      command, before or after its parameters; `--` ends them.

      ## Which cluster

      The first of these that is there:

      1. `--masters HOST:PORT,...` (or `-Dcadastre.masters=...`): client ports of the masters
      2. `$CADASTRE_MASTERS`
      3. the configuration file (`--conf`, `$CADASTRE_CONF`, `conf/cadastre-site.properties` of the
         installation): `cadastre.masters`, else the client ports of `cadastre.cluster.members`
      4. the last local cluster of this user (`cadastre local start`)

      All masters are asked at once who leads; a frozen one delays nobody.

      ## Output

      Results go to standard output; questions, progress, warnings and errors to standard error.
      With `--json`, results are JSON objects, one a line, and so is an error:
      `{"error":{"code":"NOT_FOUND","message":"...","context":{...},"exitCode":1}}`. A moment is
      there twice: `modifiedMillis` in UTC milliseconds, `modified` in ISO-8601. Listings for people
      show times in your time zone. A reader that closes the pipe (`| head`) ends a command quietly,
      with code 0.
      """;

  private CliReference() {}

  /** Writes the page to the file named by the argument. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      throw new IllegalArgumentException("expected one argument: the file to write");
    }
    Files.writeString(Path.of(arguments[0]), text());
  }

  static String text() {
    CommandLine root = CommandLines.create(CliEnvironment.ofProcess(), new StorageTools());
    StringBuilder page = new StringBuilder(INTRODUCTION);
    page.append("\n## Exit codes\n\n| code | meaning | errors |\n|---|---|---|\n");
    for (ExitCodes exit : ExitCodes.values()) {
      page.append("| ").append(exit.code()).append(" | ").append(exit.meaning()).append(" | ");
      page.append(errorsOf(exit)).append(" |\n");
    }
    page.append("\n## Options of all commands\n\n");
    options(page, root.getCommandSpec().options());
    groups(page, root);
    return page.toString();
  }

  private static String errorsOf(ExitCodes exit) {
    return Arrays.stream(ErrorCode.values())
        .filter(code -> ExitCodes.of(code) == exit)
        .map(ErrorCode::name)
        .collect(Collectors.joining(", "));
  }

  private static void groups(StringBuilder page, CommandLine root) {
    for (CommandLine command : root.getSubcommands().values()) {
      page.append("\n## cadastre ").append(command.getCommandName()).append("\n\n");
      if (command.getSubcommands().isEmpty()) {
        details(page, command);
      } else {
        description(page, command.getCommandSpec());
        commands(page, command);
      }
    }
  }

  private static void commands(StringBuilder page, CommandLine group) {
    for (CommandLine command : new LinkedHashSet<>(group.getSubcommands().values())) {
      if (command.getSubcommands().isEmpty()) {
        page.append("\n### ").append(command.getCommandSpec().qualifiedName()).append("\n\n");
        details(page, command);
      } else {
        commands(page, command);
      }
    }
  }

  private static void details(StringBuilder page, CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    page.append("    ").append(synopsis(command)).append("\n\n");
    description(page, spec);
    if (spec.aliases().length > 0) {
      page.append("\nAlso: `").append(String.join("`, `", spec.aliases())).append("`.\n");
    }
    List<ArgSpec> rows = new ArrayList<>(spec.positionalParameters());
    rows.addAll(CommandLines.ownOptions(command));
    if (!rows.isEmpty()) {
      page.append('\n');
      options(page, rows);
    }
  }

  private static String synopsis(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    StringBuilder text = new StringBuilder(spec.qualifiedName());
    if (!CommandLines.ownOptions(command).isEmpty()) {
      text.append(" [OPTIONS]");
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      String label = parameter.paramLabel() + (parameter.arity().max() > 1 ? "..." : "");
      text.append(' ').append(parameter.required() ? label : "[" + label + "]");
    }
    return text.toString();
  }

  private static void description(StringBuilder page, CommandSpec spec) {
    for (String line : spec.usageMessage().description()) {
      page.append(plain(line)).append('\n');
    }
  }

  private static void options(StringBuilder page, List<? extends ArgSpec> rows) {
    page.append("| | |\n|---|---|\n");
    for (ArgSpec row : rows) {
      page.append("| `").append(label(row)).append("` | ");
      page.append(plain(String.join(" ", row.description())));
      page.append(row.required() && row.isOption() && row.group() == null ? " Required." : "");
      page.append(" |\n");
    }
  }

  private static String label(ArgSpec row) {
    if (!(row instanceof OptionSpec option)) {
      return row.paramLabel();
    }
    String names = String.join("`, `", option.names());
    if (option.arity().max() == 0) {
      return names;
    }
    return names + (names.equals("-D") ? "" : " ") + option.paramLabel();
  }

  /** Picocli's texts are formats: a doubled dollar is one. */
  private static String plain(String text) {
    return text.replace("$$", "$").strip().replace("|", "\\|");
  }
}
