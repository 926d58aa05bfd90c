package io.cadastre.cli.fs;

import io.cadastre.cli.base.CommandGroup;
import picocli.CommandLine.Command;

@Command(
    name = "fs",
    description = "The namespace: files, directories, mounts.",
    subcommands = {
      LsCommand.class,
      StatCommand.class,
      MkdirCommand.class,
      TouchCommand.class,
      CreateCommand.class,
      CompleteCommand.class,
      CatCommand.class,
      CpCommand.class,
      RmCommand.class,
      MvCommand.class,
      ChmodCommand.class,
      ChownCommand.class,
      ChgrpCommand.class,
      XattrCommand.class,
      CountCommand.class,
      DuCommand.class,
      FindCommand.class,
      ExistsCommand.class,
      TestCommand.class,
      MountCommand.class,
      UpdateMountCommand.class,
      UnmountCommand.class,
      MountsCommand.class,
      LoadMetadataCommand.class,
      SyncStatusCommand.class,
      SyncCancelCommand.class,
      DiffCommand.class
    })
public final class FsCommand extends CommandGroup {}
