package io.cadastre.cli.local;

import io.cadastre.cli.base.ExitCodes;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
    name = "status",
    description = "Show the masters of a local cluster. Exit code 0 if one leads, 5 if none does.")
public final class LocalStatusCommand extends LocalBase {
  @Override
  protected ExitCodes run() {
    LocalDirectory directory = directory();
    LocalState state = LocalState.require(directory);
    try (LocalCluster cluster = cluster(directory, state)) {
      List<MasterView> views = cluster.views();
      print(directory, state, views);
      return views.stream().anyMatch(MasterView::leads) ? ExitCodes.OK : ExitCodes.UNAVAILABLE;
    }
  }
}
