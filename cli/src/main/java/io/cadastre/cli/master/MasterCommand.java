package io.cadastre.cli.master;

import io.cadastre.cli.base.CommandGroup;
import picocli.CommandLine.Command;

@Command(
    name = "master",
    description = "Run a master of a cluster.",
    subcommands = MasterStartCommand.class)
public final class MasterCommand extends CommandGroup {}
