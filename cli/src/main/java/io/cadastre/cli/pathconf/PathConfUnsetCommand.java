package io.cadastre.cli.pathconf;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.path.NamespacePath;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "unset", description = "Remove settings of a path: these keys, or all of them.")
final class PathConfUnsetCommand extends ClusterCommand {
  @Parameters(index = "0", paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "KEY", description = "Keys to remove.")
  private List<String> keys = List.of();

  @Override
  protected ExitCodes run(MetadataClient client) {
    client.unsetPolicy(path.toString(), keys);
    return ExitCodes.OK;
  }
}
