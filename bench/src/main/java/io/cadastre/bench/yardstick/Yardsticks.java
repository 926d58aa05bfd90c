package io.cadastre.bench.yardstick;

import io.cadastre.bench.report.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What the parts can do alone, on this machine, now. For one thread. */
public final class Yardsticks {
  private final Report report;
  private final Path directory;
  private final int basePort;
  private final boolean quick;

  /**
   * @param directory for what they store
   * @param basePort the first of 10 ports
   */
  public Yardsticks(Report report, Path directory, int basePort, boolean quick) {
    this.report = report;
    this.directory = directory;
    this.basePort = basePort;
    this.quick = quick;
  }

  public void echo(Duration time) throws IOException, InterruptedException {
    try (Echo echo = new Echo(basePort)) {
      echo.stream(128, time);
      echo.unary(128, time);
      for (int callers : List.of(1, 128)) {
        report.add(echo.unary(callers, time));
        report.add(echo.stream(callers, time));
      }
      report.add(echo.streamOfThreads(128, time));
      report.add(echo.frames(128, 16, time));
      report.add(echo.frames(12_800, 100, time));
    }
  }

  public void ratis(Duration time) throws IOException, InterruptedException {
    try (RatisAlone ratis = new RatisAlone(directory.resolve("ratis"), basePort)) {
      ratis.entries(256, 128, time);
      report.add(ratis.entries(256, 128, time));
      report.add(ratis.entries(64 << 10, 4, time));
      report.add(ratis.entries(256 << 10, 4, time));
    }
  }

  public void rocks(Duration time) {
    try (RocksAlone rocks =
        new RocksAlone(directory.resolve("rocks"), quick ? 100_000 : 1_000_000)) {
      report.add(rocks.fill());
      rocks.gets(time);
      report.add(rocks.gets(time));
      rocks.scans(time);
      report.add(rocks.scans(time));
    }
  }

  /** Three times, of which the last counts: the page cache is warm then, and the code too. */
  public void walk() throws IOException {
    Path tree = directory.resolve("tree");
    LocalTree.create(tree, quick ? 100 : 1_000, 100);
    LocalTree.walk(tree);
    LocalTree.walk(tree);
    report.add(LocalTree.walk(tree));
  }
}
