package io.cadastre.cli.fs;

import io.cadastre.cli.base.Output;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.ListingFormat;
import io.cadastre.cli.format.SizeText;
import io.cadastre.cli.format.TimeText;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.api.proto.SyncFailure;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How `load-metadata` shows progress, differences, failures and the end. */
final class LoadMetadataText {
  private final Output output;
  private final boolean json;
  private final boolean dryRun;
  private final boolean everywhere;

  /**
   * @param everywhere whether progress is shown although standard error is no terminal
   */
  LoadMetadataText(Output output, boolean json, boolean dryRun, boolean everywhere) {
    this.everywhere = everywhere;
    this.output = output;
    this.json = json;
    this.dryRun = dryRun;
  }

  /** For each message from the master, the last one too. */
  void progress(LoadMetadataProgress progress) {
    for (String difference : progress.getDifferencesList()) {
      if (json) {
        output.json(Json.object().put("difference", difference));
      } else {
        output.line(ListingFormat.printable(difference));
      }
    }
    if (progress.getDifferencesCount() > 0) {
      output.clearProgress();
      output.flush();
    }
    if (progress.getFinished()) {
      output.clearProgress();
    } else if (everywhere) {
      output.progressAnywhere(progressLine(progress));
    } else {
      output.progress(progressLine(progress));
    }
  }

  static String progressLine(LoadMetadataProgress progress) {
    return SizeText.count(progress.getDirectories())
        + (progress.getExpectedDirectories() > progress.getDirectories()
            ? " of " + SizeText.count(progress.getExpectedDirectories())
            : "")
        + " directories, "
        + SizeText.count(progress.getFiles())
        + " files, "
        + SizeText.count(filesPerSecond(progress))
        + " files/s, "
        + SizeText.count(progress.getStoreListings() + progress.getStoreLookups())
        + " store requests, "
        + SizeText.count(progress.getQueuedDirectories())
        + " directories waiting"
        + (progress.getFailed() == 0 ? "" : ", " + SizeText.count(progress.getFailed()) + " failed")
        + remaining(progress);
  }

  /** From the directories that there were last time, once a part of them is done. */
  private static String remaining(LoadMetadataProgress progress) {
    long done = progress.getDirectories();
    long left = progress.getExpectedDirectories() - done;
    if (left <= 0 || done * 100 < progress.getExpectedDirectories()) {
      return "";
    }
    double millis = (double) progress.getElapsedMillis() * left / done;
    return ", about " + TimeText.elapsed((long) millis) + " left";
  }

  private static long filesPerSecond(LoadMetadataProgress progress) {
    long millis = Math.max(1, progress.getElapsedMillis());
    return Math.round(progress.getFiles() * 1_000.0 / millis);
  }

  void summary(String path, LoadMetadataProgress end) {
    if (json) {
      output.json(json(path, end));
      return;
    }
    failures(output, end);
    if (!end.getCondition().isEmpty()) {
      output.note(condition(end.getCondition()));
    }
    output.line(
        (dryRun ? "Compared " : "Loaded ")
            + ListingFormat.printable(path)
            + ": "
            + SizeText.count(end.getDirectories())
            + " directories, "
            + SizeText.count(end.getFiles())
            + " files in "
            + TimeText.elapsed(end.getElapsedMillis())
            + " ("
            + SizeText.count(filesPerSecond(end))
            + " files/s)");
    output.line("  " + changes(end, dryRun));
    output.line("  " + requests(end));
  }

  /** What was done, or would be, in one line. */
  static String changes(LoadMetadataProgress end, boolean dryRun) {
    return (dryRun ? "would create " : "created ")
        + SizeText.count(end.getCreated())
        + ", updated "
        + SizeText.count(end.getUpdated())
        + ", replaced "
        + SizeText.count(end.getReplaced())
        + ", deleted "
        + SizeText.count(end.getDeleted())
        + ", unchanged "
        + SizeText.count(end.getUnchanged())
        + ", skipped "
        + SizeText.count(end.getSkipped())
        + ", failed "
        + SizeText.count(end.getFailed());
  }

  static String requests(LoadMetadataProgress end) {
    return "store: "
        + SizeText.count(end.getStoreListings())
        + " listings, "
        + SizeText.count(end.getStoreLookups())
        + " lookups"
        + sent(end);
  }

  /** What an object store's operator bills. */
  private static String sent(LoadMetadataProgress end) {
    if (end.getRequestsCount() == 0) {
      return "";
    }
    String kinds =
        new TreeMap<>(end.getRequestsMap())
            .entrySet().stream()
                .map(kind -> kind.getKey() + " " + SizeText.count(kind.getValue()))
                .collect(Collectors.joining(", ", "; sent to the mount's store meanwhile: ", ""));
    return end.getPriceDollars() == 0
        ? kinds
        : kinds + String.format(Locale.ROOT, ", about $%.4f", end.getPriceDollars());
  }

  /** Names the failures that the master named, and says how many more there are. */
  static void failures(Output output, LoadMetadataProgress end) {
    for (SyncFailure failure : end.getFailuresList()) {
      output.note(
          "Failed: "
              + ListingFormat.printable(failure.getPath())
              + ": "
              + ListingFormat.printable(failure.getMessage())
              + " ("
              + ListingFormat.printable(failure.getCode())
              + ")");
    }
    if (end.getFailed() > end.getFailuresCount()) {
      output.note(
          "and " + SizeText.count(end.getFailed() - end.getFailuresCount()) + " more failures.");
    }
  }

  static String condition(String condition) {
    String shown = ListingFormat.printable(condition);
    return condition.startsWith("GUARDED")
        ? shown
            + ": the mass-delete guard holds deletes back. If they are right, run it again with"
            + " -F --override-guard."
        : shown;
  }

  private static Json json(String path, LoadMetadataProgress end) {
    return counts(Json.object().put("path", path), end)
        .putIfPresent("condition", end.getCondition())
        .putAll("failures", end.getFailuresList(), LoadMetadataText::json);
  }

  /** Adds the counts. */
  static Json counts(Json json, LoadMetadataProgress end) {
    return json.put("directories", end.getDirectories())
        .put("files", end.getFiles())
        .put("created", end.getCreated())
        .put("updated", end.getUpdated())
        .put("replaced", end.getReplaced())
        .put("deleted", end.getDeleted())
        .put("unchanged", end.getUnchanged())
        .put("skipped", end.getSkipped())
        .put("failed", end.getFailed())
        .put("storeListings", end.getStoreListings())
        .put("storeLookups", end.getStoreLookups())
        .put("elapsedMillis", end.getElapsedMillis())
        .putAll("requests", new TreeMap<>(end.getRequestsMap()).entrySet(), LoadMetadataText::json)
        .put("priceDollars", end.getPriceDollars() == 0 ? null : end.getPriceDollars());
  }

  private static Json json(Map.Entry<String, Long> requests) {
    return Json.object().put("kind", requests.getKey()).put("count", requests.getValue());
  }

  static Json json(SyncFailure failure) {
    return Json.object()
        .put("path", failure.getPath())
        .put("code", failure.getCode())
        .put("message", failure.getMessage());
  }
}
