package io.cadastre.cli.format;

import io.cadastre.core.api.proto.FileStatus;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Consumer;

/**
 * A listing as `hdfs dfs -ls` prints it: mode, child count (`-` for what has none), owner, group,
 * size, time of modification to the minute, whole path. Columns are as wide as the widest value so
 * far, taken page by page, so that memory stays flat. For one listing, one thread.
 */
public final class ListingFormat {
  private final boolean human;
  private final ZoneId zone;
  private int children = 3;
  private int owner = 1;
  private int group = 1;
  private int size = 1;

  /** An entry and the path to show for it. */
  public record Entry(FileStatus status, String path) {}

  public ListingFormat(boolean human, ZoneId zone) {
    this.human = human;
    this.zone = zone;
  }

  /** Hands the lines of a page over, in its order. */
  public void page(List<Entry> entries, Consumer<String> line) {
    for (Entry entry : entries) {
      FileStatus status = entry.status();
      children = Math.max(children, children(status).length());
      owner = Math.max(owner, status.getOwner().length());
      group = Math.max(group, status.getGroup().length());
      size = Math.max(size, size(status).length());
    }
    entries.forEach(entry -> line.accept(line(entry)));
  }

  private String line(Entry entry) {
    FileStatus status = entry.status();
    StringBuilder line = new StringBuilder(120);
    line.append(ModeText.of(StatusText.typeLetter(status), status.getMode())).append(' ');
    right(line, children(status), children);
    left(line, printable(status.getOwner()), owner);
    left(line, printable(status.getGroup()), group);
    right(line, size(status), size);
    line.append(TimeText.minute(status.getMtimeMillis(), zone)).append(' ');
    line.append(printable(entry.path()));
    if (!status.getLinkTarget().isEmpty()) {
      line.append(" -> ").append(printable(status.getLinkTarget()));
    }
    return line.toString();
  }

  private static String children(FileStatus status) {
    return StatusText.typeLetter(status) == 'd' ? Long.toString(status.getChildCount()) : "-";
  }

  private String size(FileStatus status) {
    return SizeText.of(status.getSize(), human);
  }

  /** A name may hold any character; one that would break the line or steer a terminal becomes ?. */
  public static String printable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        StringBuilder replaced = new StringBuilder(text.length());
        text.chars().forEach(c -> replaced.append(Character.isISOControl(c) ? '?' : (char) c));
        return replaced.toString();
      }
    }
    return text;
  }

  private static void right(StringBuilder line, String text, int width) {
    line.append(" ".repeat(width - text.length())).append(text).append(' ');
  }

  private static void left(StringBuilder line, String text, int width) {
    line.append(text).append(" ".repeat(width - text.length())).append(' ');
  }
}
