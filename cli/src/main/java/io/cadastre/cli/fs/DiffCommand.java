package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "diff",
    aliases = "check",
    description = {
      "Compare what is known with the store: the path and its children, with -R the whole subtree."
          + " Changes nothing.",
      "A line for each difference: + only the store has it, - only the namespace has it (and all"
          + " below it), ~ both have it with other attributes (namespace -> store), ! of another"
          + " kind. Deletions come last. With --json the last object has the counts, and what could"
          + " not be compared.",
      "You must be allowed to list the path. With -R, and of a path that was never loaded, only a"
          + " super-user may.",
      "Exit code 0 if nothing differs, 1 if something does, 2 if a part could not be compared or"
          + " anything else went wrong."
    })
final class DiffCommand extends ClusterCommand {
  @Option(names = "-R", description = "The whole subtree.")
  private boolean recursive;

  @Parameters(paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Override
  protected ExitCodes onFailure(ExitCodes usual) {
    return usual == ExitCodes.INTERRUPTED ? usual : ExitCodes.USAGE;
  }

  @Override
  protected ExitCodes run(MetadataClient client) {
    DiffText text = new DiffText(output(), json());
    LoadMetadataProgress end = client.diff(path.toString(), recursive, text::difference);
    text.summary(path.toString(), end);
    if (end.getFailed() > 0) {
      return ExitCodes.USAGE;
    }
    return text.count() == 0 ? ExitCodes.OK : ExitCodes.NO;
  }
}
