package io.cadastre.cli.local;

import io.cadastre.cli.base.CliCommand;
import io.cadastre.cli.base.ClusterLocator;
import io.cadastre.cli.base.PropertiesFile;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.Table;
import io.cadastre.cli.format.TimeText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** What the `local` commands share: the directory, and how masters are shown. */
abstract class LocalBase extends CliCommand {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Directory of the cluster. Without it: $$CADASTRE_LOCAL_DIR, ~/.cadastre/local.")
  private Path dir;

  final LocalDirectory directory() {
    return LocalDirectory.of(dir, context().environment());
  }

  /** `--timeout`, or this default. */
  final Duration timeoutOr(Duration otherwise) {
    String given = context().options().timeout();
    return given == null ? otherwise : TimeText.parseDuration(given, "--timeout");
  }

  final LocalCluster cluster(LocalDirectory directory, LocalState state) {
    return new LocalCluster(context(), directory, state);
  }

  final void rememberAsLast(LocalDirectory directory) {
    PropertiesFile.writeText(
        ClusterLocator.lastLocalFile(context().environment().home()), directory.path() + "\n");
  }

  final void print(LocalDirectory directory, LocalState state, List<MasterView> views) {
    if (json()) {
      output()
          .json(
              Json.object()
                  .put("dir", directory.path())
                  .put("clusterId", state.clusterId())
                  .putAll("masters", views, MasterView::toJson));
      return;
    }
    Table table = new Table(MasterView.HEAD.toArray(String[]::new));
    views.forEach(view -> table.row(view.cells()));
    table.lines().forEach(output()::line);
  }
}
