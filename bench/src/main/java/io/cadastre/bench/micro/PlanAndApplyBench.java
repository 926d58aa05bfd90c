package io.cadastre.bench.micro;

import io.cadastre.journal.record.proto.PlannedOperation;
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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Creates of files in 100 directories, 500 to an entry; per file. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PlanAndApplyBench {
  private static final int DIRECTORIES = 100;
  private static final int BATCH = 500;

  private LocalReplica replica;
  private long next;

  @Setup
  public void fill() throws IOException {
    replica = new LocalReplica();
    for (int i = 0; i < DIRECTORIES; i++) {
      replica.apply(replica.plan(List.of(replica.createDirectory("/bench/d" + i)))).join();
    }
  }

  @TearDown
  public void close() {
    replica.close();
  }

  private List<Operation> creates() {
    List<Operation> creates = new ArrayList<>(BATCH);
    for (int i = 0; i < BATCH; i++) {
      creates.add(replica.createFile("/bench/d" + next % DIRECTORIES + "/file-" + next));
      next++;
    }
    return creates;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public List<PlannedOperation> plan() {
    return replica.plan(creates());
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void planAndApply() {
    replica.apply(replica.plan(creates())).join();
  }
}
