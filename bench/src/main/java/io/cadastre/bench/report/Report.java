package io.cadastre.bench.report;

import io.cadastre.cli.format.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Collects figures, prints each as it comes, and writes it as a JSON line if there is a file for
 * them. For one thread.
 */
public final class Report {
  private final PrintStream out;
  private final Optional<Path> jsonLines;
  private final List<Figure> figures = new ArrayList<>();
  private boolean headed;

  /**
   * @param jsonLines file to append to, one JSON object a line
   */
  public Report(PrintStream out, Optional<Path> jsonLines) {
    this.out = out;
    this.jsonLines = jsonLines;
  }

  /** Takes a figure. */
  public Figure add(Figure figure) {
    if (!headed) {
      out.println(Figure.HEADER);
      headed = true;
    }
    out.println(figure.row());
    figures.add(figure);
    write(figure.json());
    return figure;
  }

  /** A heading for what follows. */
  public void section(String title) {
    out.printf("%n-- %s%n", title);
    headed = false;
  }

  /** A line that is no figure. */
  public void note(String text, Object... arguments) {
    out.println(String.format(text, arguments));
  }

  /** One figure as a share of another, which is the floor or the yardstick. */
  public void ratio(String name, double value, double yardstick) {
    out.printf("%-60s %6.1f %%  (%.0f of %.0f)%n", name, 100 * value / yardstick, value, yardstick);
    write(
        Json.object()
            .put("ratio", name)
            .put("value", value)
            .put("yardstick", yardstick)
            .put("share", value / yardstick));
  }

  /** The figure of this name, callers and batch, if it was measured; the last one if often. */
  public Optional<Figure> find(String name, int callers, int batch) {
    return figures.stream()
        .filter(f -> f.name().equals(name) && f.callers() == callers && f.batch() == batch)
        .reduce((first, second) -> second);
  }

  /** Calls that failed, over all figures. */
  public long errors() {
    return figures.stream().mapToLong(Figure::errors).sum();
  }

  private void write(Json line) {
    if (jsonLines.isEmpty()) {
      return;
    }
    try {
      Files.writeString(
          jsonLines.get(), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + jsonLines.get(), e);
    }
  }
}
