package io.cadastre.bench.micro;

import io.cadastre.journal.store.StoreSettings;
import io.cadastre.server.transaction.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Renames of files from one of 1,000 directories into another, 64 to an entry as 128 callers make
 * them; per rename. The dearest mutation: two rows of its own and two directories.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class RenameBench {
  private static final int DIRECTORIES = 1_000;
  private static final int FILES = 200_000;
  private static final int BATCH = 64;

  /** Megabytes that a large family of the store may hold in memory before it writes a file. */
  @Param({"32"})
  private long writeBuffer;

  private LocalReplica replica;
  private long next;

  @Setup
  public void fill() throws IOException {
    StoreSettings defaults = StoreSettings.defaults();
    replica =
        new LocalReplica(
            new StoreSettings(
                defaults.blockCacheBytes(), writeBuffer << 20, defaults.maxWalBytes()));
    for (int i = 0; i < DIRECTORIES; i++) {
      replica.apply(replica.plan(List.of(replica.createDirectory("/bench/d" + i)))).join();
    }
    for (long file = 0; file < FILES; file += DIRECTORIES) {
      List<Operation> creates = new ArrayList<>(DIRECTORIES);
      for (long i = file; i < file + DIRECTORIES; i++) {
        creates.add(replica.createFile(path(i, 0)));
      }
      replica.apply(replica.plan(creates)).join();
    }
  }

  @TearDown
  public void close() {
    replica.close();
  }

  /** Each round moves a file on by a number of directories that shares no factor with theirs. */
  private static String path(long file, long round) {
    return "/bench/d" + (file + 7 * round) % DIRECTORIES + "/file-" + file;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void planAndApply() {
    List<Operation> renames = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      long file = next % FILES;
      long round = next / FILES;
      renames.add(replica.rename(path(file, round), path(file, round + 1)));
      next++;
    }
    replica.apply(replica.plan(renames)).join();
  }
}
