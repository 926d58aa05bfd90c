package io.cadastre.bench.proof;

import io.cadastre.bench.BenchSession;
import io.cadastre.bench.cluster.ProcessCluster;
import io.cadastre.bench.report.Report;
import io.cadastre.core.config.MasterJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What the proofs have in common: three masters in a directory of their own, and a verdict. */
abstract class Proof implements Callable<Integer> {
  @Option(names = "--small", description = "A tenth of the size, as the tests run it.")
  boolean small;

  @Option(names = "--dir", description = "For the masters; must not exist. Default: a new one.")
  private Path directory;

  @Option(names = "--base-port", description = "Default: ${DEFAULT-VALUE}")
  private int basePort = 22_100;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  private final String name;

  Proof(String name) {
    this.name = name;
  }

  /** Configuration of the masters beyond the defaults. */
  Map<String, String> configuration() {
    return Map.of();
  }

  /** JVM options of the masters. */
  List<String> masterOptions() {
    return MasterJvm.DEFAULT_OPTIONS;
  }

  abstract void run(BenchSession session, Verdict verdict) throws IOException, InterruptedException;

  /** A port that no master of the proof uses. */
  int freePort() {
    return basePort + 50;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path top =
        directory != null
            ? Files.createDirectory(directory).toAbsolutePath()
            : Files.createTempDirectory("cadastre-proof");
    Verdict verdict = new Verdict(name, System.out);
    ProcessCluster cluster =
        new ProcessCluster(top.resolve("cluster"), 3, basePort, masterOptions(), configuration());
    try (BenchSession session =
        BenchSession.open(cluster, new Report(System.out, Optional.empty()))) {
      run(session, verdict);
    }
    int code = verdict.finish();
    if (code == 0 && directory == null) {
      ProcessCluster.deleteTree(top);
    } else {
      System.out.println("The masters' files and logs are in " + top);
    }
    return code;
  }
}
