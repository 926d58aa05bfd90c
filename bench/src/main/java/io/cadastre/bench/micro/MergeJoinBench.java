package io.cadastre.bench.micro;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.server.sync.MergeJoin;
import io.cadastre.server.transaction.Operation;
import io.cadastre.ufs.spi.UfsStatus;
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
 * One page of a store's listing against the rows of its directory, for each entry: the scan of the
 * inode store and the join, without deciding.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MergeJoinBench {
  private static final int PAGE = 1_000;
  private static final String DIRECTORY = "/warehouse/sales";

  /** Which of the store's entries the namespace has: every n-th, or none. */
  @Param({"1", "2", "0"})
  private int known;

  private LocalReplica replica;
  private long directoryId;
  private List<UfsStatus> page;

  /** Counts, so that nothing is left out. */
  private static final class Count implements MergeJoin.Pairs {
    private long seen;

    @Override
    public void onlyInStore(UfsStatus status) {
      seen += status.size();
    }

    @Override
    public void onlyInNamespace(String name, byte[] row) {
      seen -= row.length;
    }

    @Override
    public void inBoth(UfsStatus status, byte[] row) {
      seen += row.length;
    }
  }

  @Setup
  public void fill() throws IOException {
    replica = new LocalReplica();
    replica.apply(replica.plan(List.of(replica.createDirectory(DIRECTORY)))).join();
    page = new ArrayList<>();
    List<Operation> creates = new ArrayList<>();
    for (int i = 0; i < PAGE; i++) {
      String name = String.format("part-%05d.parquet", i);
      page.add(
          new UfsStatus(
              name, UfsStatus.Kind.FILE, 1, 1_780_000_000_000L, "bob", "g", 0644, "1:1", ""));
      if (known > 0 && i % known == 0) {
        creates.add(replica.createFile(DIRECTORY + "/" + name));
      }
    }
    replica.apply(replica.plan(creates)).join();
    directoryId = replica.resolve(NamespacePath.of(DIRECTORY)).id();
  }

  @TearDown
  public void close() {
    replica.close();
  }

  @Benchmark
  @OperationsPerInvocation(PAGE)
  public long page() {
    Count count = new Count();
    try (AppliedView view = replica.view();
        RowCursor rows = view.children(directoryId)) {
      new MergeJoin().join(page, rows, true, null, count);
    }
    return count.seen;
  }
}
