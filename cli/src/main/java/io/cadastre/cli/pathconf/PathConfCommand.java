package io.cadastre.cli.pathconf;

import io.cadastre.cli.base.CommandGroup;
import picocli.CommandLine.Command;

@Command(
    name = "path-conf",
    description = "Settings for a path and everything below it.",
    subcommands = {
      PathConfListCommand.class,
      PathConfShowCommand.class,
      PathConfSetCommand.class,
      PathConfUnsetCommand.class
    })
public final class PathConfCommand extends CommandGroup {}
