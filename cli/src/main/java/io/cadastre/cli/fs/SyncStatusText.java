package io.cadastre.cli.fs;

import io.cadastre.cli.base.Output;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.ListingFormat;
import io.cadastre.cli.format.SizeText;
import io.cadastre.cli.format.Table;
import io.cadastre.cli.format.TimeText;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.LoadTask;
import io.cadastre.core.api.proto.MountEntry;
import io.cadastre.core.api.proto.SyncSchedule;
import io.cadastre.core.api.proto.TaskList;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;

/** How `sync-status` shows loads, schedules, and mounts whose deletes are held back. */
final class SyncStatusText {
  private final Output output;
  private final boolean json;
  private final ZoneId zone;

  SyncStatusText(Output output, boolean json, ZoneId zone) {
    this.output = output;
    this.json = json;
    this.zone = zone;
  }

  /** Everything, in sections; one object a line as JSON. */
  void overview(TaskList list) {
    if (json) {
      list.getTasksList().forEach(task -> output.json(json(task)));
      list.getGuardedList()
          .forEach(
              mount ->
                  output.json(
                      Json.object()
                          .put("type", "suspect")
                          .put("path", mount.getPath())
                          .put("condition", mount.getCondition())));
      list.getSchedulesList().forEach(schedule -> output.json(json(schedule)));
      return;
    }
    List<LoadTask> open =
        list.getTasksList().stream().filter(t -> t.getEndedMillis() == 0).toList();
    List<LoadTask> ended =
        list.getTasksList().stream().filter(t -> t.getEndedMillis() != 0).toList();
    loads("Loads at work and waiting:", open);
    if (list.getGuardedCount() > 0) {
      output.line("Mounts whose deletes are held back:");
      for (MountEntry mount : list.getGuardedList()) {
        output.line("  " + ListingFormat.printable(mount.getPath() + "  " + mount.getCondition()));
      }
    }
    if (list.getSchedulesCount() > 0) {
      output.line("Schedules:");
      Table table = new Table("PATH", "EVERY", "COMPARED", "NEXT", "RESULT", "SET BY");
      list.getSchedulesList().forEach(schedule -> row(table, schedule));
      table.lines().forEach(line -> output.line("  " + line));
    }
    loads("Loads that have ended:", ended);
    if (list.getTasksCount() + list.getGuardedCount() + list.getSchedulesCount() == 0) {
      output.line("Nothing is loaded, waits, is scheduled or held back.");
    }
  }

  private void loads(String title, List<LoadTask> loads) {
    if (loads.isEmpty()) {
      return;
    }
    output.line(title);
    Table table =
        new Table(
            "ID", "STATE", "PATH", "OPTIONS", "BY", "BEGAN", "DIRECTORIES", "FILES", "FAILED");
    for (LoadTask load : loads) {
      LoadMetadataProgress progress = load.getProgress();
      table.row(
          load.getTaskId() == 0 ? "" : load.getTaskId(),
          load.getState(),
          load.getPath(),
          options(load),
          by(load),
          TimeText.minute(load.getStartMillis(), zone),
          directories(progress),
          SizeText.count(progress.getFiles()),
          SizeText.count(progress.getFailed()));
    }
    table.lines().forEach(line -> output.line("  " + line));
  }

  private static String directories(LoadMetadataProgress progress) {
    String done = SizeText.count(progress.getDirectories());
    return progress.getExpectedDirectories() > progress.getDirectories()
        ? done + " of " + SizeText.count(progress.getExpectedDirectories())
        : done;
  }

  private static String options(LoadTask load) {
    String options =
        (load.getRecursive() ? "-R " : "")
            + (load.getForce() ? "-F " : "")
            + (load.getOverrideGuard() ? "--override-guard" : "");
    return options.strip();
  }

  private static String by(LoadTask load) {
    return load.getOrigin().equals("SCHEDULE") ? "schedule" : load.getUser();
  }

  private void row(Table table, SyncSchedule schedule) {
    table.row(
        schedule.getPath(),
        TimeText.elapsed(schedule.getIntervalMillis()),
        schedule.getComparedMillis() == 0
            ? "never"
            : TimeText.minute(schedule.getComparedMillis(), zone),
        schedule.getNextMillis() == 0 ? "now" : TimeText.minute(schedule.getNextMillis(), zone),
        schedule.getLastResult(),
        schedule.getOrigin());
  }

  /** One load: its figures on standard output, its failures on standard error. */
  void details(LoadTask task) {
    if (json) {
      output.json(json(task));
      return;
    }
    LoadMetadataProgress progress = task.getProgress();
    line("load", task.getTaskId());
    line("state", state(task));
    line("path", task.getPath());
    line("options", options(task));
    line("by", by(task));
    line("asked", TimeText.full(task.getStartMillis(), zone));
    if (task.getEndedMillis() != 0) {
      line("ended", TimeText.full(task.getEndedMillis(), zone));
    }
    line("progress", LoadMetadataText.progressLine(progress));
    line("did", LoadMetadataText.changes(progress, false));
    line("", LoadMetadataText.requests(progress));
    if (task.hasError()) {
      line("error", task.getError().getMessage() + " (" + task.getError().getCode() + ")");
    }
    if (!progress.getCondition().isEmpty()) {
      output.note(LoadMetadataText.condition(progress.getCondition()));
    }
    LoadMetadataText.failures(output, progress);
  }

  private static String state(LoadTask task) {
    String by = task.getCancelledBy();
    if (by.isEmpty()) {
      return task.getState();
    }
    return task.getEndedMillis() == 0
        ? task.getState() + ", being stopped by " + by
        : task.getState() + " by " + by;
  }

  private void line(String name, Object value) {
    if (!value.toString().isEmpty()) {
      String shown = ListingFormat.printable(value.toString());
      output.line(String.format("%-9s %s", name.isEmpty() ? "" : name + ":", shown));
    }
  }

  private static Json json(LoadTask task) {
    LoadMetadataProgress progress = task.getProgress();
    Json json =
        Json.object()
            .put("type", "load")
            .put("taskId", task.getTaskId() == 0 ? null : task.getTaskId())
            .put("origin", task.getOrigin().toLowerCase(Locale.ROOT))
            .put("state", task.getState())
            .put("path", task.getPath())
            .put("recursive", task.getRecursive())
            .put("force", task.getForce())
            .put("overrideGuard", task.getOverrideGuard())
            .put("user", task.getUser().isEmpty() ? null : task.getUser())
            .time("asked", task.getStartMillis())
            .time("ended", task.getEndedMillis())
            .putIfPresent("cancelledBy", task.getCancelledBy())
            .put("queuedDirectories", progress.getQueuedDirectories())
            .put(
                "expectedDirectories",
                progress.getExpectedDirectories() == 0 ? null : progress.getExpectedDirectories());
    LoadMetadataText.counts(json, progress).putIfPresent("condition", progress.getCondition());
    if (task.hasError()) {
      json.put(
          "error",
          Json.object()
              .put("code", task.getError().getCode())
              .put("message", task.getError().getMessage()));
    }
    return json.putAll("failures", progress.getFailuresList(), LoadMetadataText::json);
  }

  private static Json json(SyncSchedule schedule) {
    return Json.object()
        .put("type", "schedule")
        .put("path", schedule.getPath())
        .put("intervalMillis", schedule.getIntervalMillis())
        .time("compared", schedule.getComparedMillis())
        .time("next", schedule.getNextMillis())
        .putIfPresent("lastResult", schedule.getLastResult())
        .put("origin", schedule.getOrigin());
  }
}
