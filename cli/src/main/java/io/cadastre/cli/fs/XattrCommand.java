package io.cadastre.cli.fs;

import io.cadastre.cli.base.CommandGroup;
import picocli.CommandLine.Command;

@Command(
    name = "xattr",
    description = "Extended attributes.",
    subcommands = {
      XattrSetCommand.class,
      XattrGetCommand.class,
      XattrRemoveCommand.class,
      XattrListCommand.class
    })
final class XattrCommand extends CommandGroup {}
