package io.cadastre.cli;

import io.cadastre.cli.base.CliCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Show the version of this command line.")
final class VersionCommand extends CliCommand {
  @Override
  protected ExitCodes run() {
    String java = System.getProperty("java.version");
    if (json()) {
      output().json(Json.object().put("version", Version.text()).put("java", java));
    } else {
      output().line("cadastre " + Version.text() + " (Java " + java + ")");
    }
    return ExitCodes.OK;
  }
}
