package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "mv",
    description =
        "Rename a file or directory, in one step. The destination is the new path itself, also if"
            + " a directory is there.")
final class MvCommand extends ClusterCommand {
  @Option(
      names = "--overwrite",
      description = "Replace a file, or an empty directory by a directory.")
  private boolean overwrite;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "Absolute path.")
  private NamespacePath source;

  @Parameters(index = "1", paramLabel = "DESTINATION", description = "Absolute path.")
  private NamespacePath destination;

  @Override
  protected ExitCodes run(MetadataClient client) {
    client.rename(source.toString(), destination.toString(), overwrite);
    if (json()) {
      output().json(Json.object().put("source", source).put("destination", destination));
    }
    return ExitCodes.OK;
  }
}
