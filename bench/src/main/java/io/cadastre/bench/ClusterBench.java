package io.cadastre.bench;

import io.cadastre.bench.cluster.ProcessCluster;
import io.cadastre.bench.load.AsyncLoad;
import io.cadastre.bench.load.Workspace;
import io.cadastre.bench.report.Report;
import io.cadastre.bench.yardstick.Yardsticks;
import io.cadastre.core.config.MasterJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The bench of a whole cluster; see docs/performance.md for how to read it. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Starts three masters, measures each operation, and in the same run what gRPC, Ratis, RocksDB and the file"
            + " system do alone. CPU columns are microseconds per operation.")
public final class ClusterBench implements Callable<Integer> {
  @Option(names = "--quick", description = "Seconds instead of minutes: figures of cold code.")
  private boolean quick;

  @Option(names = "--seconds", description = "Time of each load; by default 10, with --quick 2.")
  private Integer seconds;

  @Option(names = "--warm-up", description = "Seconds of warm-up; by default 120, with --quick 10.")
  private Integer warmUp;

  @Option(names = "--callers", split = ",", description = "Default: ${DEFAULT-VALUE}")
  private List<Integer> callers = List.of(1, 16, 128);

  @Option(names = "--batches", split = ",", description = "Default: ${DEFAULT-VALUE}")
  private List<Integer> batches = List.of(1, 100);

  @Option(names = "--only", split = ";", description = "Operations by their names, ';' between.")
  private Set<String> only = Set.of();

  @Option(names = "--no-yardsticks", description = "Measure the cluster only.")
  private boolean noYardsticks;

  @Option(names = "--json", description = "Append one JSON object a figure to this file.")
  private Path json;

  @Option(names = "--dir", description = "For the masters; must not exist. Default: a new one.")
  private Path directory;

  @Option(names = "--base-port", description = "Default: ${DEFAULT-VALUE}")
  private int basePort = 22_000;

  @Option(names = "--master-opts", description = "JVM options of the masters.")
  private String masterOptions = String.join(" ", MasterJvm.DEFAULT_OPTIONS);

  @Option(names = "-D", description = "Configuration of the masters.")
  private Map<String, String> configuration = Map.of();

  /** Runs the bench; exit code 0 if all went without errors. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ClusterBench()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Duration time = Duration.ofSeconds(seconds != null ? seconds : quick ? 2 : 10);
    Duration warm = Duration.ofSeconds(warmUp != null ? warmUp : quick ? 10 : 120);
    Path top =
        directory != null
            ? Files.createDirectory(directory).toAbsolutePath()
            : Files.createTempDirectory("cadastre-bench");
    Report report = new Report(System.out, Optional.ofNullable(json));
    ProcessCluster cluster =
        new ProcessCluster(
            top.resolve("cluster"),
            3,
            basePort,
            List.of(masterOptions.trim().split("\\s+")),
            configuration);
    try (BenchSession session = BenchSession.open(cluster, report)) {
      report.note("Warming up for %d s", warm.toSeconds());
      warmUp(session, warm);
      Yardsticks yardsticks = new Yardsticks(report, top, basePort + 50, quick);
      if (!noYardsticks) {
        report.section("gRPC alone");
        yardsticks.echo(time);
      }
      for (int count : callers) {
        for (int batch : batches) {
          report.section(
              count + " callers, " + (batch == 1 ? "single calls" : "batches of " + batch));
          new OperationSuite(session, time, only).run(count, batch);
        }
      }
      MountedSuite mounted =
          new MountedSuite(session, Files.createDirectory(top.resolve("store")), time, only);
      for (int count : callers) {
        for (int batch : batches) {
          report.section(
              count
                  + " callers on a writable mount, "
                  + (batch == 1 ? "single calls" : "batches of " + batch));
          mounted.run(count, batch);
        }
      }
      report.section("listings");
      for (int entries : List.of(100, 1_000, 10_000)) {
        for (int count : callers) {
          new OperationSuite(session, time, only).list(entries, count);
        }
      }
      if (!noYardsticks) {
        report.section("threads that wait, for comparison");
        Workspace blocking = session.workspace(100);
        long made =
            session
                .measureBlocking("create, threads", blocking.createFiles(Long.MAX_VALUE), 128, time)
                .operations();
        session.measureBlocking("stat, threads", blocking.stat(made), 128, time);
      }
    }
    if (!noYardsticks) {
      Yardsticks yardsticks = new Yardsticks(report, top, basePort + 50, quick);
      report.section("Ratis, RocksDB and the file system alone");
      yardsticks.ratis(time);
      yardsticks.rocks(time);
      yardsticks.walk();
      Ratios.print(report);
    }
    if (directory == null) {
      ProcessCluster.deleteTree(top);
    }
    return report.errors() == 0 ? 0 : 1;
  }

  /** Everything that is measured, mixed, for as long as the compilers need. */
  public static void warmUp(BenchSession session, Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    Duration slice = time.dividedBy(20);
    while (System.nanoTime() - end < 0) {
      Workspace workspace = session.workspace(100);
      long files =
          AsyncLoad.run(session.client(), workspace.createFiles(Long.MAX_VALUE), 128, 1, slice)
              .orThrow()
              .operations();
      AsyncLoad.run(session.client(), workspace.stat(files), 128, 1, slice).orThrow();
      AsyncLoad.run(session.client(), workspace.setAttributes(files), 128, 1, slice).orThrow();
      AsyncLoad.run(session.client(), workspace.createDirectories(files), 16, 100, slice).orThrow();
      long renamed =
          AsyncLoad.run(session.client(), workspace.rename(files), 128, 1, slice)
              .orThrow()
              .operations();
      AsyncLoad.run(session.client(), workspace.renameBack(renamed), 128, 1, Duration.ofMinutes(1))
          .orThrow();
      AsyncLoad.run(session.client(), workspace.delete(files), 128, 1, slice).orThrow();
    }
  }
}
