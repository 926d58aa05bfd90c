package io.cadastre.cli.journal;

import io.cadastre.cli.base.CommandGroup;
import picocli.CommandLine.Command;

@Command(
    name = "journal",
    description = "The journal: of the running cluster, or of a stopped master's storage.",
    subcommands = {
      JournalVerifyCommand.class,
      JournalCheckpointCommand.class,
      JournalDumpCommand.class,
      JournalStatCommand.class,
      JournalFormatCommand.class
    })
public final class JournalCommand extends CommandGroup {}
