package io.cadastre.cli.fs;

import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.base.PathsCommand;
import io.cadastre.cli.format.Json;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.path.NamespacePath;
import java.util.List;
import picocli.CommandLine.Parameters;

/** Changes an attribute of each path; the new value is the parameter before the paths. */
abstract class ChangeCommand extends PathsCommand {
  @Parameters(index = "1..*", arity = "1..*", paramLabel = "PATH", description = "Absolute path.")
  private List<NamespacePath> paths;

  /** Makes the change. */
  abstract void change(MetadataClient client, String path);

  @Override
  protected final List<NamespacePath> paths() {
    return paths;
  }

  @Override
  protected final ExitCodes run(MetadataClient client, NamespacePath path) {
    change(client, path.toString());
    if (json()) {
      output().json(Json.object().put("path", path).put("changed", true));
    }
    return ExitCodes.OK;
  }
}
