package io.cadastre.cli.fs;

import io.cadastre.cli.base.EachPathCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.client.AttributeChanges;
import io.cadastre.client.FileOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;

@Command(
    name = "touch",
    description =
        "Make an empty file (outside mounts); of what is there already, set the time of"
            + " modification to now.")
final class TouchCommand extends EachPathCommand {
  @Override
  protected ExitCodes run(MetadataClient client, NamespacePath path) {
    boolean created = create(client, path.toString());
    if (!created) {
      client.setAttributes(
          path.toString(), AttributeChanges.NONE.mtimeMillis(System.currentTimeMillis()));
    }
    if (json()) {
      output().json(Json.object().put("path", path).put("created", created));
    }
    return ExitCodes.OK;
  }

  private static boolean create(MetadataClient client, String path) {
    try {
      client.createFile(path, FileOptions.DEFAULT.withComplete(true));
      return true;
    } catch (MetadataException e) {
      if (e.code() != ErrorCode.ALREADY_EXISTS) {
        throw e;
      }
      return false;
    }
  }
}
