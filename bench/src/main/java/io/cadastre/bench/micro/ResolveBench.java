package io.cadastre.bench.micro;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.server.transaction.Operation;
import io.cadastre.server.transaction.Resolution;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A path of five components: four from the warm cache, the file's row from the store. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ResolveBench {
  private static final int FILES = 10_000;

  private LocalReplica replica;
  private String[] paths;
  private int next;

  @Setup
  public void fill() throws IOException {
    replica = new LocalReplica();
    replica
        .apply(replica.plan(List.of(replica.createDirectory("/warehouse/sales/year=2026/d"))))
        .join();
    paths = new String[FILES];
    List<Operation> creates = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      paths[i] = "/warehouse/sales/year=2026/d/part-" + i;
      creates.add(replica.createFile(paths[i]));
    }
    replica.apply(replica.plan(creates)).join();
  }

  @TearDown
  public void close() {
    replica.close();
  }

  @Benchmark
  public Resolution resolve() {
    return replica.resolve(NamespacePath.of(paths[next++ % FILES]));
  }

  @Benchmark
  public NamespacePath parse() {
    return NamespacePath.of(paths[next++ % FILES]);
  }
}
