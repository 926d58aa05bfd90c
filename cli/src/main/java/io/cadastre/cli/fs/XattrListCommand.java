package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.ListingFormat;
import io.cadastre.cli.format.StatusText;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.inode.proto.Xattr;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "list", description = "List the extended attributes, NAME=VALUE, by name.")
final class XattrListCommand extends ClusterCommand {
  @Parameters(paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Override
  protected ExitCodes run(MetadataClient client) {
    for (Xattr xattr : client.getStatus(path.toString()).value().getXattrsList()) {
      if (json()) {
        output().json(StatusText.json(xattr));
      } else {
        output()
            .line(
                ListingFormat.printable(xattr.getName())
                    + "="
                    + StatusText.valueText(xattr.getValue()));
      }
    }
    return ExitCodes.OK;
  }
}
