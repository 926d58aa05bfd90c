package io.cadastre.cli.fs;

import io.cadastre.cli.base.EachPathCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;

@Command(
    name = "unmount",
    aliases = "umount",
    description = "Take a mount away, with all that is known below it. The store is not touched.")
final class UnmountCommand extends EachPathCommand {
  @Override
  protected ExitCodes run(MetadataClient client, NamespacePath path) {
    client.unmount(path.toString());
    if (json()) {
      output().json(Json.object().put("path", path).put("unmounted", true));
    }
    return ExitCodes.OK;
  }
}
