package io.cadastre.bench.proof;

import io.cadastre.bench.BenchSession;
import io.cadastre.bench.cluster.ProcessCluster;
import io.cadastre.bench.load.AsyncLoad;
import io.cadastre.bench.load.LoadResult;
import io.cadastre.bench.load.OperationSource;
import io.cadastre.bench.load.PacedLoad;
import io.cadastre.bench.load.Workspace;
import io.cadastre.bench.yardstick.LocalTree;
import io.cadastre.client.LoadOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.client.Operation;
import io.cadastre.client.ReadOptions;
import io.cadastre.core.api.proto.LoadMetadataProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Reads while a large tree is synced: 500 stats a second keep their latency, and the sync keeps its
 * speed; for the first load of a tree, and for a comparison that finds no change, when half of the
 * stats are of files that are being compared.
 */
@Command(name = "sync-6")
public final class SyncReadsProof extends Proof {
  private static final int STATS_PER_SECOND = 500;
  private static final int STATS_OF = 10_000;
  private static final int FILES_EACH = 1_000;
  private static final double MOST_MICROS = 10_000;
  private static final double RATE_KEPT = 0.5;
  private static final Duration LONG = Duration.ofMinutes(30);
  private static final String MOUNT = "/tree";

  private SyncReadsProof() {
    super("sync-6");
  }

  /** Exit code 0 if the proof holds. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new SyncReadsProof()).execute(arguments));
  }

  @Override
  void run(BenchSession session, Verdict verdict) throws IOException, InterruptedException {
    int directories = small ? 100 : 1_000;
    Path tree = Files.createTempDirectory("cadastre-tree");
    try {
      LocalTree.create(tree, directories, FILES_EACH);
      run(session, verdict, tree, directories);
    } finally {
      ProcessCluster.deleteTree(tree);
    }
  }

  private void run(BenchSession session, Verdict verdict, Path tree, int directories)
      throws IOException, InterruptedException {
    long files = (long) directories * FILES_EACH;
    MetadataClient client = session.client().withTimeout(Duration.ofMinutes(2));
    Workspace known = session.workspace(100);
    AsyncLoad.run(client, known.createFiles(STATS_OF), 16, 100, LONG).orThrow();
    OperationSource stats = known.stat(STATS_OF);

    // Warm: both kinds of sync, and the reads.
    for (int i = 0; i < 3; i++) {
      mount(client, tree);
      load(client, files, false);
      load(client, files, true);
      client.unmount(MOUNT);
    }
    // What was unmounted is reclaimed in the background: that is no idle cluster.
    session.cluster().awaitMetric("cadastre_reclaim_pending", 0, LONG);
    Duration time = Duration.ofSeconds(small ? 5 : 20);
    PacedLoad.run(client, stats, STATS_PER_SECOND, time).orThrow();
    double idle = PacedLoad.run(client, stats, STATS_PER_SECOND, time).orThrow().micros(99);
    verdict.note("p99 of %d stats/s without a sync: %.0f us", STATS_PER_SECOND, idle);

    mount(client, tree);
    double first = load(client, files, false);
    double again = Math.max(load(client, files, true), load(client, files, true));
    verdict.note("alone: first load %,.0f files/s, without changes %,.0f files/s", first, again);

    Reads reads = new Reads(client, idle);
    reads.during(
        verdict,
        halfInside(stats, directories),
        new Syncs("without changes", again, files, () -> load(client, files, true)));
    client.unmount(MOUNT);
    mount(client, tree);
    reads.during(
        verdict,
        stats,
        new Syncs(
            "first load",
            first,
            files,
            () -> {
              client.unmount(MOUNT);
              mount(client, tree);
              return load(client, files, false);
            }));
  }

  /** Half of them of the very files that are being compared. */
  private static OperationSource halfInside(OperationSource outside, int directories) {
    return () -> {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      if (random.nextBoolean()) {
        return outside.next();
      }
      String file = LocalTree.file(random.nextInt(directories), random.nextInt(FILES_EACH));
      return Operation.getStatus(MOUNT + "/" + file, ReadOptions.DEFAULT);
    };
  }

  /**
   * One kind of sync.
   *
   * @param alone its files per second with nothing beside it
   * @param sync does one; gives its files per second
   */
  private record Syncs(String kind, double alone, long files, DoubleSupplier sync) {}

  private static void mount(MetadataClient client, Path tree) {
    client.mount(MOUNT, tree.toUri().toString(), MountOptions.DEFAULT);
  }

  /** Files per second of one sync of the whole tree. */
  private static double load(MetadataClient client, long files, boolean force) {
    LoadMetadataProgress done =
        client.loadMetadata(
            MOUNT, LoadOptions.DEFAULT.withRecursive(true).withForce(force), progress -> {});
    if (done.getFailed() > 0 || done.getFiles() != files) {
      throw new IllegalStateException("the sync saw " + done.getFiles() + " files: " + done);
    }
    return files * 1_000.0 / done.getElapsedMillis();
  }

  /**
   * What is measured beside syncs.
   *
   * @param idle their p99 without a sync, microseconds
   */
  private record Reads(MetadataClient client, double idle) {
    /** Reads as long as syncs go on, so that all of both fall together. */
    void during(Verdict verdict, OperationSource stats, Syncs syncs) throws InterruptedException {
      AtomicBoolean ended = new AtomicBoolean();
      List<Double> rates = new ArrayList<>();
      CompletableFuture<Void> syncing =
          CompletableFuture.runAsync(
              () -> {
                while (!ended.get()) {
                  double rate = syncs.sync().getAsDouble();
                  if (!ended.get() || rates.isEmpty()) {
                    rates.add(rate);
                  }
                }
              },
              task -> new Thread(task, "syncs").start());
      long millis = (long) (3_000 * syncs.files() / syncs.alone());
      Duration time = Duration.ofMillis(Math.max(5_000, millis));
      LoadResult reads = PacedLoad.run(client, stats, STATS_PER_SECOND, time).orThrow();
      ended.set(true);
      syncing.join();
      double mean = rates.stream().mapToDouble(Double::doubleValue).average().orElse(0);
      double limit = Math.max(2 * idle, MOST_MICROS);
      verdict.claim(
          reads.micros(99) <= limit,
          "%s: p99 of %d stats/s meanwhile %.0f us (at most %.0f us)",
          syncs.kind(),
          STATS_PER_SECOND,
          reads.micros(99),
          limit);
      verdict.claim(
          mean >= RATE_KEPT * syncs.alone(),
          "%s: %,.0f files/s meanwhile, mean of %d syncs, %.0f %% of the unloaded rate (at least"
              + " %.0f %%)",
          syncs.kind(),
          mean,
          rates.size(),
          100 * mean / syncs.alone(),
          100 * RATE_KEPT);
    }
  }
}
