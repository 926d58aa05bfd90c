package io.cadastre.cli.base;

import io.cadastre.client.MetadataClient;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import java.util.List;

/**
 * A command that does the same with each of its paths. A path that fails is reported and the others
 * go on; the exit code is that of the first failure. Without a leader it gives up at once.
 */
public abstract class PathsCommand extends ClusterCommand {
  /** The paths in the order given, at least one. */
  protected abstract List<NamespacePath> paths();

  protected abstract ExitCodes run(MetadataClient client, NamespacePath path) throws Exception;

  @Override
  protected final ExitCodes run(MetadataClient client) throws Exception {
    ExitCodes first = ExitCodes.OK;
    for (NamespacePath path : paths()) {
      ExitCodes exit;
      try {
        exit = run(client, path);
      } catch (MetadataException e) {
        exit = ExitCodes.of(e.code());
        if (paths().size() == 1 || exit == ExitCodes.UNAVAILABLE) {
          throw e;
        }
        output().flush();
        FailureReport.print(context(), spec().qualifiedName(), this, e);
      }
      first = first == ExitCodes.OK ? exit : first;
    }
    return first;
  }
}
