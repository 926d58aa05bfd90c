package io.cadastre.cli.fs;

import io.cadastre.cli.base.Output;
import io.cadastre.cli.format.Json;
import io.cadastre.cli.format.ListingFormat;
import io.cadastre.cli.format.SizeText;
import io.cadastre.cli.format.TimeText;
import io.cadastre.core.api.proto.Difference;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import io.cadastre.core.inode.proto.InodeKind;
import java.util.Locale;
import java.util.stream.Collectors;

/** How `diff` shows what differs. */
final class DiffText {
  private static final long FLUSH_NANOS = 500_000_000L;

  private final Output output;
  private final boolean json;
  private long flushedNanos = System.nanoTime();
  private long count;

  DiffText(Output output, boolean json) {
    this.output = output;
    this.json = json;
  }

  /** How many there were. */
  long count() {
    return count;
  }

  void difference(Difference difference) {
    count++;
    if (json) {
      output.json(json(difference));
    } else {
      output.line(line(difference));
    }
    // A long comparison shows what it has found so far.
    long now = System.nanoTime();
    if (now - flushedNanos > FLUSH_NANOS) {
      flushedNanos = now;
      output.flush();
    }
  }

  static String line(Difference difference) {
    String path = ListingFormat.printable(difference.getPath());
    return switch (difference.getKind()) {
      case ONLY_IN_STORE -> "+ " + kind(difference.getInStore()) + " " + path;
      case ONLY_IN_NAMESPACE -> "- " + kind(difference.getInNamespace()) + " " + path;
      case OTHER_KIND ->
          "! "
              + kind(difference.getInNamespace())
              + " -> "
              + kind(difference.getInStore())
              + " "
              + path;
      default ->
          "~ "
              + kind(difference.getInStore())
              + " "
              + path
              + difference.getFieldsList().stream()
                  .map(DiffText::field)
                  .collect(Collectors.joining(", ", ": ", ""));
    };
  }

  private static String field(Difference.Field field) {
    return field.getName()
        + " "
        + value(field, field.getInNamespace())
        + " -> "
        + value(field, field.getInStore());
  }

  private static String value(Difference.Field field, String value) {
    if (value.isEmpty()) {
      return "none";
    }
    return field.getName().equals("modified")
        ? TimeText.utc(Long.parseLong(value))
        : ListingFormat.printable(value);
  }

  private static String kind(InodeKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static Json json(Difference difference) {
    boolean inNamespace = difference.getKind() != Difference.Kind.ONLY_IN_STORE;
    boolean inStore = difference.getKind() != Difference.Kind.ONLY_IN_NAMESPACE;
    return Json.object()
        .put("difference", difference.getKind().name())
        .put("path", difference.getPath())
        .put("inNamespace", inNamespace ? kind(difference.getInNamespace()) : null)
        .put("inStore", inStore ? kind(difference.getInStore()) : null)
        .putAll(
            "fields",
            difference.getFieldsList(),
            field ->
                Json.object()
                    .put("name", field.getName())
                    .put("inNamespace", field.getInNamespace())
                    .put("inStore", field.getInStore()));
  }

  /**
   * For people, on standard error: the lines themselves are the result. As JSON the last object.
   */
  void summary(String path, LoadMetadataProgress end) {
    if (json) {
      output.json(
          Json.object()
              .put("path", path)
              .put("differences", count)
              .put("directories", end.getDirectories())
              .put("files", end.getFiles())
              .put("failed", end.getFailed())
              .put("elapsedMillis", end.getElapsedMillis())
              .putAll("failures", end.getFailuresList(), LoadMetadataText::json));
      return;
    }
    LoadMetadataText.failures(output, end);
    output.note(
        (count == 0 ? "Nothing differs" : SizeText.count(count) + " differences")
            + "; compared "
            + SizeText.count(end.getDirectories())
            + " directories, "
            + SizeText.count(end.getFiles())
            + " files in "
            + TimeText.elapsed(end.getElapsedMillis())
            + (end.getFailed() == 0
                ? ""
                : "; " + SizeText.count(end.getFailed()) + " could not be compared"));
  }
}
