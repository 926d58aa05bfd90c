package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.SizeText;
import io.cadastre.client.CompleteOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "complete",
    description =
        "Complete a file that `create` began. On a mount its size and fingerprint are taken from"
            + " the store.")
final class CompleteCommand extends ClusterCommand {
  @Parameters(paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Option(names = "--size", paramLabel = "SIZE", description = "Its size; outside mounts only.")
  private String size;

  @Option(
      names = "--id",
      paramLabel = "INODE",
      description = "Only if this inode is at the path, as `create` printed it.")
  private long inodeId;

  @Override
  protected ExitCodes run(MetadataClient client) {
    CompleteOptions options = CompleteOptions.DEFAULT.withInodeId(inodeId);
    if (size != null) {
      options = options.withSize(SizeText.parse(size, "--size"));
    }
    long id = client.completeFile(path.toString(), options).value().getInodeId();
    if (json()) {
      output().json(Json.object().put("path", path).put("id", id));
    }
    return ExitCodes.OK;
  }
}
