package io.cadastre.cli.fs;

import io.cadastre.cli.base.EachPathCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "mkdir", description = "Make a directory.")
final class MkdirCommand extends EachPathCommand {
  @Option(
      names = "-p",
      description = "Make missing directories above it; a directory that is there is fine.")
  private boolean parents;

  @Option(
      names = "--mode",
      paramLabel = "OCTAL",
      converter = Converters.Octal.class,
      description = "Permission bits, such as 750.")
  private Integer mode;

  @Override
  protected ExitCodes run(MetadataClient client, NamespacePath path) {
    DirectoryOptions options = DirectoryOptions.DEFAULT.withParents(parents);
    Done done =
        client
            .createDirectory(path.toString(), mode == null ? options : options.withMode(mode))
            .value();
    if (json()) {
      output()
          .json(
              Json.object()
                  .put("path", path)
                  .put("id", done.getInodeId())
                  .put("changed", done.getChanged()));
    }
    return ExitCodes.OK;
  }
}
