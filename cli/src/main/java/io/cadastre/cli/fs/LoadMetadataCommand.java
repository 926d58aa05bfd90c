package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "load-metadata",
    aliases = "loadMetadata",
    description = {
      "Load what a store holds: the path and its children, with -R the whole subtree.",
      "Without -F what is known already stays as it is. Shows progress on a terminal, then a"
          + " summary; every failure is named, and the exit code is 7 if there was any."
    })
final class LoadMetadataCommand extends ClusterCommand {
  @Option(names = "-R", description = "The whole subtree.")
  private boolean recursive;

  @Option(
      names = {"-F", "--force"},
      description = "Refresh what is known, too, and take deletions over.")
  private boolean force;

  @Option(
      names = "--dry-run",
      description = "Print the differences (create, update, replace, delete), change nothing.")
  private boolean dryRun;

  @Option(
      names = "--override-guard",
      description = "Write deletes that the mass-delete guard holds back.")
  private boolean overrideGuard;

  @Parameters(paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Override
  protected void check() {
    if (overrideGuard && !force) {
      throw MetadataException.invalid(
          "--override-guard", "expected together with --force, which takes deletions over");
    }
  }

  @Override
  protected ExitCodes run(MetadataClient client) {
    LoadOptions options =
        LoadOptions.DEFAULT
            .withRecursive(recursive)
            .withForce(force)
            .withDryRun(dryRun)
            .withOverrideGuard(overrideGuard);
    LoadMetadataText text = new LoadMetadataText(output(), json(), dryRun);
    LoadMetadataProgress end = client.loadMetadata(path.toString(), options, text::progress);
    text.summary(path.toString(), end);
    boolean complete = end.getFailed() == 0 && end.getCondition().isEmpty();
    return complete ? ExitCodes.OK : ExitCodes.PARTIAL;
  }
}
