package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.AttributeChanges;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "remove", description = "Remove an extended attribute.")
final class XattrRemoveCommand extends ClusterCommand {
  @Parameters(index = "0", paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Parameters(index = "1", paramLabel = "NAME", description = "Name of the attribute.")
  private String name;

  @Override
  protected ExitCodes run(MetadataClient client) {
    client.setAttributes(path.toString(), AttributeChanges.NONE.removeXattr(name));
    return ExitCodes.OK;
  }
}
