package io.cadastre.cli.quorum;

import io.cadastre.cli.base.CommandGroup;
import picocli.CommandLine.Command;

@Command(
    name = "quorum",
    description = "The masters of the cluster.",
    subcommands = {QuorumInfoCommand.class, QuorumTransferCommand.class})
public final class QuorumCommand extends CommandGroup {}
