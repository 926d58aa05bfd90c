package io.cadastre.cli;

import io.cadastre.cli.base.CliContext;
import io.cadastre.cli.base.CliEnvironment;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.base.FailureReport;
import io.cadastre.cli.base.JournalTools;
import io.cadastre.cli.base.NamespacePathConverter;
import io.cadastre.cli.base.Output;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.local.LocalStartCommand;
import io.cadastre.core.path.NamespacePath;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Makes the parser: the tree of commands, how help looks, what happens on failure. */
final class CommandLines {
  private static final int HELP_COLUMNS = 100;

  private CommandLines() {}

  static CommandLine create(CliEnvironment environment, JournalTools tools) {
    CadastreCommand root = new CadastreCommand(environment, tools);
    CommandLine line = new CommandLine(root);
    LocalStartCommand.defineMasters(
        line.getSubcommands().get("local").getSubcommands().get("start").getCommandSpec());
    shapeHelp(line);
    line.registerConverter(NamespacePath.class, new NamespacePathConverter())
        .registerConverter(UUID.class, CommandLines::uuid)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(HELP_COLUMNS)
        .setExpandAtFiles(false)
        .setExecutionExceptionHandler(
            (failure, command, parsed) ->
                FailureReport.print(
                        root.context(),
                        command.getCommandSpec().qualifiedName(),
                        command.getCommand(),
                        failure)
                    .code())
        .setParameterExceptionHandler((failure, arguments) -> usage(root, failure, arguments));
    return line;
  }

  /** Runs a command line; never throws, returns the exit code. */
  static int execute(CliEnvironment environment, JournalTools tools, String... arguments) {
    CommandLine line = create(environment, tools);
    Output output = environment.output();
    StringWriter help = new StringWriter();
    line.setOut(new PrintWriter(help));
    int code = line.execute(arguments);
    if (!help.toString().isEmpty()) {
      return printHelp(output, help.toString());
    }
    return code;
  }

  private static int printHelp(Output output, String help) {
    try {
      output.text(help);
      output.flush();
      return ExitCodes.OK.code();
    } catch (RuntimeException e) {
      return e instanceof io.cadastre.cli.base.CliFailure failure
          ? failure.exit().code()
          : ExitCodes.OK.code();
    }
  }

  /** Options that every command has are shown once, with the root command. */
  private static void shapeHelp(CommandLine line) {
    UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    usage.abbreviateSynopsis(true);
    usage.optionListHeading("%nOptions:%n");
    usage.parameterListHeading("%nParameters:%n");
    usage.commandListHeading("%nCommands:%n");
    if (line.getParent() != null) {
      usage.footer("%nThe options that all commands have: cadastre --help");
      usage
          .sectionMap()
          .put(
              UsageMessageSpec.SECTION_KEY_OPTION_LIST,
              help -> help.optionListExcludingGroups(ownOptions(help.commandSpec().commandLine())));
      if (ownOptions(line).isEmpty()) {
        usage.optionListHeading("");
      }
    }
    line.getSubcommands().values().forEach(CommandLines::shapeHelp);
  }

  private static UUID uuid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' is no UUID");
    }
  }

  /** Those that are not inherited from the root. */
  static List<OptionSpec> ownOptions(CommandLine line) {
    return line.getCommandSpec().options().stream().filter(option -> !option.inherited()).toList();
  }

  /**
   * What the user did wrong first: behind an option that does not exist, its value is taken for a
   * parameter, and the parser complains about that.
   */
  private static ParameterException first(ParameterException failure, String[] arguments) {
    CommandLine line = failure.getCommandLine();
    if (failure instanceof UnmatchedArgumentException) {
      return failure;
    }
    return Arrays.stream(arguments)
        .takeWhile(argument -> !argument.equals("--"))
        .filter(argument -> argument.startsWith("--"))
        .filter(argument -> !line.getCommandSpec().optionsMap().containsKey(name(argument)))
        .findFirst()
        .<ParameterException>map(unknown -> new UnmatchedArgumentException(line, List.of(unknown)))
        .orElse(failure);
  }

  private static String name(String option) {
    int equals = option.indexOf('=');
    return equals < 0 ? option : option.substring(0, equals);
  }

  private static int usage(CadastreCommand root, ParameterException thrown, String[] arguments) {
    ParameterException failure = first(thrown, arguments);
    CommandLine line = failure.getCommandLine();
    String command = line.getCommandSpec().qualifiedName();
    CliContext context = root.context();
    if (Arrays.asList(arguments).contains("--json")) {
      Json error =
          Json.object()
              .put("code", ExitCodes.USAGE.name())
              .put("message", failure.getMessage())
              .put("exitCode", ExitCodes.USAGE.code());
      context.output().note(Json.object().put("error", error).toString());
      return ExitCodes.USAGE.code();
    }
    context.output().note(command + ": " + failure.getMessage());
    if (failure instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        context.output().note("Did you mean: " + String.join(" or ", suggestions) + "?");
      }
    }
    context.output().note("Try: " + command + " --help");
    return ExitCodes.USAGE.code();
  }
}
