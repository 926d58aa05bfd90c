package io.cadastre.cli.fs;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountChanges;
import io.cadastre.core.path.NamespacePath;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "update-mount", description = "Change a mount; what is not named stays.")
final class UpdateMountCommand extends ClusterCommand {
  /** At most one of both. */
  private static final class Access {
    @Option(names = "--writable", description = "Let operations change the store.")
    private boolean writable;

    @Option(names = "--read-only", description = "Do not let operations change the store.")
    private boolean readOnly;
  }

  @ArgGroup private Access access;

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      description = "Set or replace an option of the store; may be repeated.")
  private Map<String, String> options = Map.of();

  @Option(
      names = "--remove-option",
      paramLabel = "NAME",
      description = "Remove an option; may be repeated.")
  private List<String> removed = List.of();

  @Parameters(paramLabel = "PATH", description = "Absolute path of the mount point.")
  private NamespacePath path;

  @Override
  protected void check() {
    if (access == null && options.isEmpty() && removed.isEmpty()) {
      throw CliFailure.usage(
          "Nothing to change; expected --writable, --read-only, --option or --remove-option");
    }
  }

  @Override
  protected ExitCodes run(MetadataClient client) {
    MountChanges changes = MountChanges.NONE.withSet(options).withRemove(removed);
    client.updateMount(
        path.toString(), access == null ? changes : changes.withWritable(access.writable));
    return ExitCodes.OK;
  }
}
