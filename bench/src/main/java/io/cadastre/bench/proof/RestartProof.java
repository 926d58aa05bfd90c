package io.cadastre.bench.proof;

import io.cadastre.bench.BenchSession;
import io.cadastre.bench.cluster.ProcessCluster;
import io.cadastre.bench.cluster.ProcessUsage;
import io.cadastre.bench.load.AsyncLoad;
import io.cadastre.bench.load.OperationSource;
import io.cadastre.bench.load.Workspace;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.Operation;
import io.cadastre.core.api.proto.CountResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Many files, then kill -9 of all masters with much behind the last snapshot: memory, size on disk,
 * time until they serve again, and that everything acknowledged is there.
 */
@Command(name = "foundation-5")
public final class RestartProof extends Proof {
  private static final int DIRECTORIES = 1_000;
  private static final long RESIDENT_LIMIT = 1536L << 20;
  private static final double SERVING_LIMIT_SECONDS = 5;
  private static final long BYTES_PER_INODE_LIMIT = 300;
  private static final Duration LONG = Duration.ofMinutes(30);

  private RestartProof() {
    super("foundation-5");
  }

  /** Exit code 0 if the proof holds. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new RestartProof()).execute(arguments));
  }

  /** No snapshot but the one that the proof takes. */
  @Override
  Map<String, String> configuration() {
    return Map.of(
        "cadastre.master.snapshot.entries", "1000000000",
        "cadastre.master.snapshot.bytes", "1TB",
        "cadastre.master.snapshot.interval", "1d");
  }

  @Override
  void run(BenchSession session, Verdict verdict) throws IOException, InterruptedException {
    long files = small ? 100_000 : 1_000_000;
    long behind = small ? 12_000 : 120_000;
    ProcessCluster cluster = session.cluster();
    Workspace workspace = session.workspace(small ? DIRECTORIES / 10 : DIRECTORIES);
    OperationSource creates = workspace.createFiles(files);
    session
        .report()
        .add(
            session.measured(
                "create in batches of 100",
                16,
                100,
                "operations",
                () ->
                    AsyncLoad.run(
                        session.client(), first(creates, files - behind), 16, 100, LONG)));
    for (String master : cluster.addresses()) {
      session.client().withTimeout(Duration.ofMinutes(2)).admin().checkpoint(master);
    }
    AsyncLoad.run(session.client(), creates, 16, 100, LONG).orThrow();
    CountResult before = count(session.client());
    verdict.claim(before.getFiles() == files, "%,d files before the kill", before.getFiles());

    for (String name : cluster.names()) {
      long peak = ProcessUsage.peakResidentBytes(cluster.pid(name));
      verdict.claim(
          peak <= RESIDENT_LIMIT,
          "%s: most resident memory %,d MiB, heap 512 MiB (at most %,d MiB)",
          name,
          peak >> 20,
          RESIDENT_LIMIT >> 20);
    }
    cluster.killAll();
    verdict.note("killed all three with -9, %,d creates behind the last snapshot", behind);
    long inodes = files + workspace.directories() + 3;
    for (String name : cluster.names()) {
      long store = bytesBelow(cluster.storage(name).resolve("store"));
      long log = bytesBelow(cluster.storage(name).resolve("raft"));
      verdict.claim(
          small || store / inodes <= BYTES_PER_INODE_LIMIT,
          "%s: %d bytes of store per inode%s; Raft log %,d MiB",
          name,
          store / inodes,
          small ? "" : " (at most " + BYTES_PER_INODE_LIMIT + ")",
          log >> 20);
    }

    double seconds = restart(cluster, workspace, files);
    verdict.claim(
        seconds <= SERVING_LIMIT_SECONDS,
        "serving %.2f s after the start of the processes (at most %.0f s; load average %.1f)",
        seconds,
        SERVING_LIMIT_SECONDS,
        ProcessUsage.loadAverage());
    try (MetadataClient client = BenchSession.client(cluster)) {
      CountResult after = count(client);
      verdict.claim(after.equals(before), "the same count after it: %,d files", after.getFiles());
      for (String name : cluster.names()) {
        long resident = ProcessUsage.peakResidentBytes(cluster.pid(name));
        verdict.claim(
            resident <= RESIDENT_LIMIT, "%s: most resident memory %,d MiB", name, resident >> 20);
      }
    }
  }

  /** Starts the masters; seconds until a file that was created last is answered. */
  private static double restart(ProcessCluster cluster, Workspace workspace, long files)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    cluster.start();
    try (MetadataClient fresh = BenchSession.client(cluster)) {
      fresh.withTimeout(Duration.ofMinutes(2)).getStatus(workspace.file(files - 1));
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static CountResult count(MetadataClient client) {
    return client.withTimeout(Duration.ofMinutes(5)).count("/").value();
  }

  private static OperationSource first(OperationSource source, long number) {
    AtomicLong taken = new AtomicLong();
    return () -> {
      Operation<?> next = taken.getAndIncrement() < number ? source.next() : null;
      return next;
    };
  }

  private static long bytesBelow(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      long bytes = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }
}
