package io.cadastre.cli.base;

import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.ListingFormat;
import io.cadastre.core.error.MetadataException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Turns what a command threw into words (or JSON) on standard error, and an exit code. */
public final class FailureReport {
  private FailureReport() {}

  /**
   * @param command as typed, for the start of the line: `cadastre fs ls`
   * @param commandObject the command itself
   * @return the exit code
   */
  public static ExitCodes print(
      CliContext context, String command, Object commandObject, Exception failure) {
    Output output = context.output();
    output.clearProgress();
    if (failure instanceof OutputClosed) {
      return ExitCodes.OK;
    }
    ExitCodes usual = exitOf(failure);
    ExitCodes exit = commandObject instanceof CliCommand own ? own.onFailure(usual) : usual;
    String text = text(failure);
    if (context.json()) {
      output.note(json(failure, exit, text).toString());
    } else {
      output.note(command + ": " + printable(text) + hints(failure, text));
    }
    if (context.options().verbose()) {
      failure.printStackTrace(output.errors());
    }
    return exit;
  }

  static ExitCodes exitOf(Exception failure) {
    if (failure instanceof CliFailure own) {
      return own.exit();
    }
    if (failure instanceof MetadataException reported) {
      return ExitCodes.of(reported.code());
    }
    return failure instanceof InterruptedException ? ExitCodes.INTERRUPTED : ExitCodes.INTERNAL;
  }

  private static String text(Exception failure) {
    if (failure instanceof CliFailure || failure instanceof MetadataException) {
      return failure.getMessage();
    }
    if (failure instanceof InterruptedException) {
      return "Interrupted";
    }
    return "A defect in the command line: "
        + failure
        + ". Run it again with --verbose and report what it prints.";
  }

  /**
   * Words may have several lines, and names in them that others have given. Lines behind the first
   * are indented: none of them passes for one of the command's own.
   */
  private static String printable(String text) {
    return text.lines()
        .map(line -> ListingFormat.printable(line.replace("\t", "  ")))
        .collect(Collectors.joining("\n  "));
  }

  private static Map<String, String> contextOf(Exception failure) {
    return failure instanceof MetadataException reported
        ? new TreeMap<>(reported.context())
        : Map.of();
  }

  /** The context that the text does not say already. */
  private static String hints(Exception failure, String text) {
    StringBuilder hints = new StringBuilder();
    contextOf(failure)
        .forEach(
            (key, value) -> {
              if (!text.contains(value)) {
                hints
                    .append(hints.isEmpty() ? " (" : ", ")
                    .append(key)
                    .append('=')
                    .append(ListingFormat.printable(value));
              }
            });
    return hints.isEmpty() ? "" : hints.append(')').toString();
  }

  private static Json json(Exception failure, ExitCodes exit, String text) {
    String code =
        failure instanceof MetadataException reported ? reported.code().name() : exit.name();
    return Json.object()
        .put(
            "error",
            Json.object()
                .put("code", code)
                .put("message", text)
                .put("context", contextOf(failure))
                .put("exitCode", exit.code()));
  }
}
