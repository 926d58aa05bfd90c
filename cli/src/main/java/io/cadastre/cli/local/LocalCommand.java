package io.cadastre.cli.local;

import io.cadastre.cli.base.CommandGroup;
import picocli.CommandLine.Command;

@Command(
    name = "local",
    description =
        "A whole cluster on this machine, for trying things out and for testing failover.",
    subcommands = {
      LocalStartCommand.class,
      LocalStatusCommand.class,
      LocalKillCommand.class,
      LocalStopCommand.class
    })
public final class LocalCommand extends CommandGroup {}
