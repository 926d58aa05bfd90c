package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.client.FileOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    description = {
      "Begin a file: print its inode id and, on a mount, where in the store its bytes go.",
      "Write the bytes there, then run `cadastre fs complete`."
    })
final class CreateCommand extends ClusterCommand {
  @Parameters(paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Option(names = "-p", description = "Make missing directories above it.")
  private boolean parents;

  @Option(
      names = "--mode",
      paramLabel = "OCTAL",
      converter = Converters.Octal.class,
      description = "Permission bits, such as 640.")
  private Integer mode;

  @Override
  protected ExitCodes run(MetadataClient client) {
    FileOptions options = FileOptions.DEFAULT.withParents(parents);
    Done done =
        client.createFile(path.toString(), mode == null ? options : options.withMode(mode)).value();
    if (json()) {
      output()
          .json(
              Json.object()
                  .put("path", path)
                  .put("id", done.getInodeId())
                  .putIfPresent("storeUri", done.getStoreUri()));
    } else {
      output().line("id:    " + done.getInodeId());
      output().line("store: " + (done.getStoreUri().isEmpty() ? "none" : done.getStoreUri()));
    }
    return ExitCodes.OK;
  }
}
