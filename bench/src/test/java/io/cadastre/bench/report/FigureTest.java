package io.cadastre.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.bench.load.LoadResult;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FigureTest {
  private final Histogram latencies = new Histogram(60_000_000_000L, 3);

  @Test
  void cpuTimeIsPerOperation() {
    latencies.recordValue(2_000_000);
    LoadResult result = new LoadResult(1_000, 0, Optional.empty(), 500_000_000, latencies);
    Figure figure = Figure.of("create", 128, 1, "operations", result, 40_000, 20_000, 5_000, 1.5);
    assertThat(figure.perSecond()).isEqualTo(2_000);
    assertThat(figure.leaderMicros()).isEqualTo(40);
    assertThat(figure.followerMicros()).isEqualTo(20);
    assertThat(figure.clientMicros()).isEqualTo(5);
    assertThat(figure.p99Micros()).isBetween(1_990.0, 2_010.0);
  }

  @Test
  void everyFigureIsALineForPrograms(@TempDir Path directory) throws Exception {
    Path lines = directory.resolve("figures.jsonl");
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Report report =
        new Report(new PrintStream(printed, true, StandardCharsets.UTF_8), Optional.of(lines));
    report.add(Figure.plain("walk", "files", 100, 0.5, 1));
    report.add(Figure.plain("walk", "files", 200, 0.5, 1));
    report.ratio("walk / walk", 1, 4);
    assertThat(Files.readAllLines(lines)).hasSize(3).allMatch(line -> line.startsWith("{"));
    assertThat(report.find("walk", 1, 1).orElseThrow().perSecond()).isEqualTo(400);
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("25.0 %");
  }
}
