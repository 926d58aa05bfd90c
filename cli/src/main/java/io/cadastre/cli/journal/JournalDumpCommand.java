package io.cadastre.cli.journal;

import io.cadastre.cli.base.CliCommand;
import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.base.JournalTools;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "dump",
    description = "Print the entries of a stopped master's log, a line of JSON each.")
final class JournalDumpCommand extends CliCommand {
  @Mixin private StorageOption storage;

  @Option(names = "--from", paramLabel = "INDEX", description = "First index; default: the first.")
  private long from;

  @Option(names = "--to", paramLabel = "INDEX", description = "Last index; default: the last.")
  private long to = Long.MAX_VALUE;

  @Override
  protected ExitCodes run() {
    if (from < 0 || to < from) {
      throw CliFailure.usage("--from and --to: expected 0 <= from <= to");
    }
    context()
        .journalTools()
        .dump(storage.path(context()), new JournalTools.DumpRange(from, to), output()::line);
    return ExitCodes.OK;
  }
}
