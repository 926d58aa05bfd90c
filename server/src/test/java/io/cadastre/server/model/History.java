package io.cadastre.server.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What happened, a line each, in the order in which it was noted. Thread-safe. */
final class History {
  private final long startNanos = System.nanoTime();
  private final List<String> lines = new ArrayList<>();

  synchronized void note(String line) {
    lines.add(String.format("%9.3f  %s", (System.nanoTime() - startNanos) / 1e9, line));
  }

  /** Saves it for reading, with how to run it again. */
  synchronized Path save(Path directory, Scenario scenario, String failure) {
    List<String> text = new ArrayList<>();
    text.add("seed " + scenario.seed() + ", " + scenario.operations() + " operations");
    text.add("digest of operations and faults " + scenario.digest());
    text.add(
        "again: scripts/prove/foundation-9 --seeds 1 --first-seed "
            + scenario.seed()
            + " --operations "
            + scenario.operations());
    text.add("failure: " + failure);
    text.add("");
    text.addAll(lines);
    try {
      Files.createDirectories(directory);
      return Files.write(directory.resolve("history.txt"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
