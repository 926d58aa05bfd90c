package io.cadastre.cli;

import io.cadastre.cli.base.CliContext;
import io.cadastre.cli.base.CliEnvironment;
import io.cadastre.cli.base.CommandGroup;
import io.cadastre.cli.base.GlobalOptions;
import io.cadastre.cli.base.JournalTools;
import io.cadastre.cli.fs.FsCommand;
import io.cadastre.cli.journal.JournalCommand;
import io.cadastre.cli.local.LocalCommand;
import io.cadastre.cli.master.MasterCommand;
import io.cadastre.cli.master.ReportCommand;
import io.cadastre.cli.pathconf.PathConfCommand;
import io.cadastre.cli.quorum.QuorumCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The root of all commands; {@link CommandLines} makes the parser around it. */
@Command(
    name = "cadastre",
    description = "A replicated metadata cluster over S3, HDFS and file systems.",
    subcommands = {
      FsCommand.class,
      PathConfCommand.class,
      QuorumCommand.class,
      JournalCommand.class,
      LocalCommand.class,
      MasterCommand.class,
      ReportCommand.class,
      VersionCommand.class,
      CompletionCommand.class
    })
final class CadastreCommand extends CommandGroup implements CliContext.Holder {
  @Mixin private final GlobalOptions options = new GlobalOptions();

  private final CliEnvironment environment;
  private final JournalTools journalTools;

  CadastreCommand(CliEnvironment environment, JournalTools journalTools) {
    this.environment = environment;
    this.journalTools = journalTools;
  }

  @Override
  public CliContext context() {
    return new CliContext(options, environment, journalTools);
  }
}
