package io.cadastre.bench;

import io.cadastre.bench.cluster.ProcessCluster;
import io.cadastre.bench.cluster.ProcessUsage;
import io.cadastre.bench.load.AsyncLoad;
import io.cadastre.bench.load.BlockingLoad;
import io.cadastre.bench.load.LoadResult;
import io.cadastre.bench.load.OperationSource;
import io.cadastre.bench.load.Workspace;
import io.cadastre.bench.report.Figure;
import io.cadastre.bench.report.Report;
import io.cadastre.client.MetadataClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A running cluster, a client of it, and the report that its figures go to. For one thread; whoever
 * opens it closes it.
 */
public final class BenchSession implements AutoCloseable {
  private final ProcessCluster cluster;
  private final MetadataClient client;
  private final Report report;
  private int workspaces;

  private BenchSession(ProcessCluster cluster, MetadataClient client, Report report) {
    this.cluster = cluster;
    this.client = client;
    this.report = report;
  }

  /** Formats and starts the cluster, and waits until it serves. */
  public static BenchSession open(ProcessCluster cluster, Report report)
      throws IOException, InterruptedException {
    cluster.format();
    cluster.start();
    MetadataClient client = client(cluster);
    BenchSession session = new BenchSession(cluster, client, report);
    cluster.awaitServing(client);
    return session;
  }

  /** A client for this cluster with room for the largest loads. */
  public static MetadataClient client(ProcessCluster cluster) {
    return MetadataClient.builder()
        .masters(cluster.addresses())
        .user(System.getProperty("user.name"))
        .maxOutstanding(32_768)
        .build();
  }

  public ProcessCluster cluster() {
    return cluster;
  }

  public MetadataClient client() {
    return client;
  }

  public Report report() {
    return report;
  }

  /** A fresh directory of the namespace with this many directories in it. */
  public Workspace workspace(int directories) throws InterruptedException {
    return Workspace.create(client, "/bench/w" + ++workspaces, directories);
  }

  /** Runs a load of async callers and reports it. */
  public Figure measure(String name, OperationSource source, int callers, int batch, Duration time)
      throws InterruptedException {
    return report.add(
        measured(
            name,
            callers,
            batch,
            "operations",
            () -> AsyncLoad.run(client, source, callers, batch, time)));
  }

  /** Runs a load of threads and reports it. */
  public Figure measureBlocking(String name, OperationSource source, int callers, Duration time)
      throws InterruptedException {
    return report.add(
        measured(
            name, callers, 1, "operations", () -> BlockingLoad.run(client, source, callers, time)));
  }

  /** A load. */
  public interface Load {
    LoadResult run() throws InterruptedException;
  }

  /** Runs a load and gives its figure with the CPU time that each process took meanwhile. */
  public Figure measured(String name, int callers, int batch, String unit, Load load)
      throws InterruptedException {
    String leader = cluster.leader(client);
    List<Long> followers = new ArrayList<>();
    for (String master : cluster.names()) {
      if (!master.equals(leader)) {
        followers.add(cluster.pid(master));
      }
    }
    long leaderBefore = ProcessUsage.cpuMicros(cluster.pid(leader));
    long followersBefore = sum(followers);
    long own = ProcessHandle.current().pid();
    long clientBefore = ProcessUsage.cpuMicros(own);
    LoadResult result = load.run();
    Figure figure =
        Figure.of(
            name,
            callers,
            batch,
            unit,
            result,
            ProcessUsage.cpuMicros(cluster.pid(leader)) - leaderBefore,
            sum(followers) - followersBefore,
            ProcessUsage.cpuMicros(own) - clientBefore,
            ProcessUsage.loadAverage());
    result.firstError().ifPresent(error -> report.note("   first error: %s", error));
    return figure;
  }

  private static long sum(List<Long> pids) {
    return pids.stream().mapToLong(ProcessUsage::cpuMicros).sum();
  }

  @Override
  public void close() {
    client.close();
    cluster.close();
  }
}
