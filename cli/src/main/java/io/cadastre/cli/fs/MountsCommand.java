package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.MountEntry;
import picocli.CommandLine.Command;

@Command(name = "mounts", description = "Show the mount table.")
final class MountsCommand extends ClusterCommand {
  @Override
  protected ExitCodes run(MetadataClient client) {
    for (MountEntry mount : client.listMounts().value().getMountsList()) {
      if (json()) {
        output().json(MountText.json(mount));
      } else {
        output().line(MountText.line(mount));
      }
    }
    return ExitCodes.OK;
  }
}
