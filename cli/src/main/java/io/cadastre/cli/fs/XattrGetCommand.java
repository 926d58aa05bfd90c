package io.cadastre.cli.fs;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.StatusText;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.inode.proto.Xattr;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "get",
    description =
        "Print the value of an extended attribute: as it is if it is printable, else base64:...")
final class XattrGetCommand extends ClusterCommand {
  @Parameters(index = "0", paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Parameters(index = "1", paramLabel = "NAME", description = "Name of the attribute.")
  private String name;

  @Override
  protected ExitCodes run(MetadataClient client) {
    Xattr xattr =
        client.getStatus(path.toString()).value().getXattrsList().stream()
            .filter(candidate -> candidate.getName().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new CliFailure(
                        ExitCodes.NO, path + " has no extended attribute '" + name + "'"));
    if (json()) {
      output().json(StatusText.json(xattr));
    } else {
      output().line(StatusText.valueText(xattr.getValue()));
    }
    return ExitCodes.OK;
  }
}
