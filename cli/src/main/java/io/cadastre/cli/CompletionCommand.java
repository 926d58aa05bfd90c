package io.cadastre.cli;

import io.cadastre.cli.base.CliCommand;
import io.cadastre.cli.base.ExitCodes;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

@Command(
    name = "completion",
    description = {
      "Print a completion script for bash and zsh. Try it in a shell:",
      "  source <(cadastre completion)"
    })
final class CompletionCommand extends CliCommand {
  @Override
  protected ExitCodes run() {
    output().text(AutoComplete.bash("cadastre", spec().root().commandLine()));
    return ExitCodes.OK;
  }
}
