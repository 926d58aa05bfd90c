package io.cadastre.cli.base;

import io.cadastre.client.MetadataClient;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import java.util.ArrayList;
import java.util.List;

/**
 * A command that does the same with each of its paths. A path that fails is reported and the others
 * go on, also if it was this machine that failed; the exit code is that of the first failure.
 * Without a leader it gives up at once.
 */
public abstract class PathsCommand extends ClusterCommand {
  private ExitCodes first = ExitCodes.OK;

  /** What is done with one path. */
  private interface Step {
    ExitCodes run(NamespacePath path) throws Exception;
  }

  /** The paths in the order given, at least one. */
  protected abstract List<NamespacePath> paths();

  protected abstract ExitCodes run(MetadataClient client, NamespacePath path) throws Exception;

  /**
   * Asks the user about a path, if need be. Done for all paths before anything is done with the
   * first one, so that nothing was done when the user says no. A path that fails here is reported
   * and left out.
   */
  protected void ask(MetadataClient client, NamespacePath path) throws Exception {}

  @Override
  protected final ExitCodes run(MetadataClient client) throws Exception {
    List<NamespacePath> agreed = new ArrayList<>();
    each(
        paths(),
        path -> {
          ask(client, path);
          agreed.add(path);
          return ExitCodes.OK;
        });
    each(agreed, path -> run(client, path));
    return first;
  }

  private void each(List<NamespacePath> paths, Step step) throws Exception {
    for (NamespacePath path : paths) {
      ExitCodes exit;
      try {
        exit = step.run(path);
      } catch (MetadataException | CliFailure e) {
        exit = FailureReport.exitOf(e);
        boolean ofThisPath =
            e instanceof CliFailure ? exit == ExitCodes.INTERNAL : exit != ExitCodes.UNAVAILABLE;
        if (paths().size() == 1 || !ofThisPath) {
          throw e;
        }
        output().flush();
        FailureReport.print(context(), spec().qualifiedName(), this, e);
      }
      first = first == ExitCodes.OK ? exit : first;
    }
  }
}
