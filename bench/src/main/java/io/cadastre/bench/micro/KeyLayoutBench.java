package io.cadastre.bench.micro;

import io.cadastre.journal.store.KeyLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Keys, made and taken apart. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KeyLayoutBench {
  private final String name = "part-00000-of-00128.parquet";
  private final byte[] key = KeyLayout.child(123_456_789L, name);
  private long parent = 123_456_789L;

  @Benchmark
  public byte[] child() {
    return KeyLayout.child(parent++, name);
  }

  @Benchmark
  public String nameOf() {
    return KeyLayout.nameOf(key);
  }

  @Benchmark
  public byte[] operation() {
    return KeyLayout.operation(0x1234_5678_9abc_def0L, parent++);
  }
}
