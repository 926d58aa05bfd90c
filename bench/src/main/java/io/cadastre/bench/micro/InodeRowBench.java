package io.cadastre.bench.micro;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
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

/** Rows, written and read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class InodeRowBench {
  private final InodeBody body =
      InodeBody.newBuilder()
          .setId(1_234_567)
          .setKind(InodeKind.FILE)
          .setSize(123_456_789)
          .setMode(0644)
          .setOwner("somebody")
          .setGroup("somegroup")
          .setFingerprint("5d41402abc4b2a76b9719d911017c592")
          .setCreatedMillis(1_780_000_000_000L)
          .build();
  private final byte[] row = InodeRow.encode(1_780_000_000_000L, 1_780_000_000_000L, body);

  /** With a copy of the body, since a body remembers its size. */
  @Benchmark
  public byte[] encode() {
    return InodeRow.encode(
        1_780_000_000_000L, 1_780_000_000_000L, body.toBuilder().setMode(0600).build());
  }

  @Benchmark
  public InodeBody body() {
    return InodeRow.body(row);
  }

  @Benchmark
  public long id() {
    return InodeRow.id(row);
  }

  @Benchmark
  public boolean isDirectory() {
    return InodeRow.isDirectory(row);
  }
}
