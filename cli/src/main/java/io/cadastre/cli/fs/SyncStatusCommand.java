package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.LoadTask;
import io.cadastre.core.api.proto.TaskList;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "sync-status",
    description = {
      "Show loads at work and waiting, mounts whose deletes are held back, schedules, and the loads"
          + " that ended last. With an ID: that load and its failures.",
      "A load that somebody waits for, or that runs by schedule, has no ID. All of them and the"
          + " schedules are for super-users; others see their own loads."
    })
final class SyncStatusCommand extends ClusterCommand {
  private static final int SHOWN_ENDED = 10;
  private static final long PERIOD_MILLIS = 1_000;

  @Option(
      names = "--watch",
      description =
          "Show it again every second until nothing is at work or waits. With an ID: show progress"
              + " until that load ends; then the exit code is that of load-metadata.")
  private boolean watch;

  @Option(
      names = "--all",
      description = "Every ended load that is kept, not only the last " + SHOWN_ENDED + ".")
  private boolean all;

  @Parameters(paramLabel = "ID", arity = "0..1", description = "As load-metadata --async printed.")
  private Long id;

  private SyncStatusText text;

  @Override
  protected void check() {
    if (id != null && id <= 0) {
      throw MetadataException.invalid("ID", "expected 1 or more");
    }
  }

  @Override
  protected ExitCodes run(MetadataClient client) throws InterruptedException {
    text = new SyncStatusText(output(), json(), context().environment().zone());
    return id == null ? overview(client) : one(client);
  }

  private ExitCodes overview(MetadataClient client) throws InterruptedException {
    while (true) {
      TaskList list = client.listTasks(0, all ? 0 : SHOWN_ENDED).value();
      text.overview(list);
      output().flush();
      if (!watch || list.getTasksList().stream().noneMatch(SyncStatusCommand::isOpen)) {
        return ExitCodes.OK;
      }
      Thread.sleep(PERIOD_MILLIS);
      if (!json()) {
        output().line("");
      }
    }
  }

  private ExitCodes one(MetadataClient client) throws InterruptedException {
    LoadTask task = task(client);
    while (watch && isOpen(task)) {
      output().progress(LoadMetadataText.progressLine(task.getProgress()));
      Thread.sleep(PERIOD_MILLIS);
      task = task(client);
    }
    output().clearProgress();
    text.details(task);
    return watch ? result(task) : ExitCodes.OK;
  }

  private LoadTask task(MetadataClient client) {
    return client.listTasks(id, 0).value().getTasks(0);
  }

  private static boolean isOpen(LoadTask task) {
    return task.getEndedMillis() == 0;
  }

  private static ExitCodes result(LoadTask task) {
    boolean clean = task.getState().equals("DONE") && task.getProgress().getFailed() == 0;
    if (clean) {
      return ExitCodes.OK;
    }
    return task.hasError()
        ? ExitCodes.of(ErrorCode.byName(task.getError().getCode()))
        : ExitCodes.PARTIAL;
  }
}
