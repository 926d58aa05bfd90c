package io.cadastre.cli.pathconf;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.path.NamespacePath;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "set",
    description =
        "Set keys for a path and everything below it, with the names that they have in the"
            + " configuration file. Other keys of the path stay.")
final class PathConfSetCommand extends ClusterCommand {
  @Parameters(index = "0", paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "KEY=VALUE",
      description = "Such as cadastre.user.file.metadata.sync.interval=10s.")
  private Map<String, String> properties;

  @Override
  protected ExitCodes run(MetadataClient client) {
    client.setPolicy(path.toString(), properties);
    return ExitCodes.OK;
  }
}
