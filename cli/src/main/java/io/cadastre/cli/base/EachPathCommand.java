package io.cadastre.cli.base;

import io.cadastre.core.path.NamespacePath;
import java.util.List;
import picocli.CommandLine.Parameters;

/** A {@link PathsCommand} whose parameters are paths, all of them. */
public abstract class EachPathCommand extends PathsCommand {
  @Parameters(paramLabel = "PATH", arity = "1..*", description = "Absolute path.")
  private List<NamespacePath> paths;

  @Override
  protected final List<NamespacePath> paths() {
    return paths;
  }
}
