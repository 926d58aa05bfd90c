package io.cadastre.bench.proof;

import io.cadastre.bench.BenchSession;
import io.cadastre.bench.ClusterBench;
import io.cadastre.bench.load.OperationSource;
import io.cadastre.bench.load.Workspace;
import io.cadastre.bench.report.Figure;
import io.cadastre.bench.yardstick.Echo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Operations per second with 128 callers, in rounds that also hold the echo, so that what the
 * machine does besides hits all of them alike. The median round counts.
 */
@Command(name = "foundation-7")
public final class ThroughputProof extends Proof {
  private static final int CALLERS = 128;
  private static final int DIRECTORIES = 1_000;
  private static final int BATCH = 100;
  private static final double MUTATIONS = 10_000;
  private static final double BATCHED_CREATES = 40_000;
  private static final double STATS = 30_000;
  private static final double STATS_OF_ECHO = 0.45;

  /** Of the throughput asked for, with --small: its warm-up is too short for more. */
  private static final double SMALL_SHARE = 0.25;

  @Option(names = "--warm-up", description = "Seconds; default 300, with --small 15.")
  private Integer warmUp;

  private final Map<String, List<Figure>> rounds = new LinkedHashMap<>();

  private ThroughputProof() {
    super("foundation-7");
  }

  /** Exit code 0 if the proof holds. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ThroughputProof()).execute(arguments));
  }

  @Override
  void run(BenchSession session, Verdict verdict) throws IOException, InterruptedException {
    Duration time = Duration.ofSeconds(small ? 2 : 5);
    try (Echo echo = new Echo(freePort())) {
      echo.stream(CALLERS, time);
      ClusterBench.warmUp(session, Duration.ofSeconds(warmUp != null ? warmUp : small ? 15 : 300));
      echo.stream(CALLERS, time);
      int count = small ? 2 : 5;
      for (int round = 1; round <= count; round++) {
        session.report().section("round " + round + " of " + count);
        round(session, echo, time);
      }
    }
    double share = small ? SMALL_SHARE : 1;
    for (String name :
        List.of(
            "create, spread", "create, one directory", "mkdir", "setattr", "rename", "delete")) {
      atLeast(verdict, name, MUTATIONS * share);
    }
    atLeast(verdict, "create, batches", BATCHED_CREATES * share);
    atLeast(verdict, "stat", STATS * share);
    // A caller is a thread that waits for its answer, on both sides; or none is, on both sides.
    ofEcho(verdict, "128 threads that wait", "stat, threads", "echo, stream, threads");
    ofEcho(verdict, "128 callers without threads", "stat", "echo, stream");
    verdict.note("the echo of frames of 16 calls: %,.0f/s", median("echo, stream, frames of 16"));
  }

  private void ofEcho(Verdict verdict, String callers, String stat, String echo) {
    long errors = errors(stat) + errors(echo);
    verdict.claim(
        errors == 0 && median(stat) >= STATS_OF_ECHO * median(echo),
        "%s: stat %,.0f/s is %.0f %% of the stream echo, %,.0f/s (at least %.0f %%), %d errors",
        callers,
        median(stat),
        100 * median(stat) / median(echo),
        median(echo),
        100 * STATS_OF_ECHO,
        errors);
  }

  private void round(BenchSession session, Echo echo, Duration time) throws InterruptedException {
    add(session, "echo, stream", echo.stream(CALLERS, time));
    add(session, "echo, stream, frames of 16", echo.frames(CALLERS, 16, time));
    add(session, "echo, stream, threads", echo.streamOfThreads(CALLERS, time));
    Workspace spread = session.workspace(DIRECTORIES);
    long files = load(session, "create, spread", spread.createFiles(Long.MAX_VALUE), 1, time);
    load(session, "stat", spread.stat(files), 1, time);
    Figure threads = session.measureBlocking("stat, threads", spread.stat(files), CALLERS, time);
    rounds.computeIfAbsent(threads.name(), key -> new ArrayList<>()).add(threads);
    load(
        session,
        "create, one directory",
        session.workspace(1).createFiles(Long.MAX_VALUE),
        1,
        time);
    load(session, "mkdir", spread.createDirectories(Long.MAX_VALUE), 1, time);
    load(session, "setattr", spread.setAttributes(files), 1, time);
    load(session, "delete", spread.delete(files), 1, time);
    Workspace renamed = session.workspace(DIRECTORIES);
    long batched =
        load(session, "create, batches", renamed.createFiles(Long.MAX_VALUE), BATCH, time);
    load(session, "rename", renamed.rename(batched), 1, time);
  }

  private long load(
      BenchSession session, String name, OperationSource source, int batch, Duration time)
      throws InterruptedException {
    Figure figure = session.measure(name, source, CALLERS, batch, time);
    rounds.computeIfAbsent(name, key -> new ArrayList<>()).add(figure);
    return figure.operations();
  }

  private void add(BenchSession session, String name, Figure figure) {
    session.report().add(figure);
    rounds.computeIfAbsent(name, key -> new ArrayList<>()).add(figure);
  }

  private double median(String name) {
    double[] sorted = rounds.get(name).stream().mapToDouble(Figure::perSecond).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private long errors(String name) {
    return rounds.get(name).stream().mapToLong(Figure::errors).sum();
  }

  private void atLeast(Verdict verdict, String name, double wanted) {
    List<Figure> figures = rounds.get(name);
    long errors = errors(name);
    verdict.claim(
        errors == 0 && median(name) >= wanted,
        "%s: %,.0f/s, median of %d rounds (at least %,.0f)%s",
        name,
        median(name),
        figures.size(),
        wanted,
        errors == 0 ? "" : ", " + errors + " errors");
  }
}
