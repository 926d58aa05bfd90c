package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.error.ErrorCode;
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
          + " summary; failures are named, and the exit code is 7 if there was any, or that of the"
          + " first one if nothing could be compared.",
      "With --async it prints an id and returns at once: the load goes on whoever leads, see"
          + " sync-status."
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
      description =
          "Print the differences (create, update, replace, delete), change nothing. For whoever may"
              + " diff the path.")
  private boolean dryRun;

  @Option(
      names = "--override-guard",
      description = "Write deletes that the mass-delete guard holds back.")
  private boolean overrideGuard;

  @Option(
      names = "--async",
      description = "Load in the background: print the id of the load and return.")
  private boolean async;

  @Option(
      names = "--progress",
      description = "Show progress on standard error although that is no terminal.")
  private boolean progress;

  @Parameters(paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Override
  protected void check() {
    if (overrideGuard && !force) {
      throw MetadataException.invalid(
          "--override-guard", "expected together with --force, which takes deletions over");
    }
    if (async && (dryRun || progress)) {
      throw MetadataException.invalid(
          "--async", "expected without --dry-run and --progress: nobody waits for the load");
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
    if (async) {
      return begin(client, options);
    }
    LoadMetadataText text = new LoadMetadataText(output(), json(), dryRun, progress);
    LoadMetadataProgress end = client.loadMetadata(path.toString(), options, text::progress);
    text.summary(path.toString(), end);
    if (end.getDirectories() == 0 && end.getFailuresCount() > 0) {
      // No part of it was done. A load in the background ends as FAILED then, with this error.
      return ExitCodes.of(ErrorCode.byName(end.getFailures(0).getCode()));
    }
    boolean complete = end.getFailed() == 0 && end.getCondition().isEmpty();
    return complete ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  private ExitCodes begin(MetadataClient client, LoadOptions options) {
    long id = client.startLoad(path.toString(), options).value().getTaskId();
    if (json()) {
      output().json(Json.object().put("path", path).put("taskId", id));
    } else {
      output().line(Long.toString(id));
      output().note("Watch it with: cadastre fs sync-status --watch " + id);
    }
    return ExitCodes.OK;
  }
}
