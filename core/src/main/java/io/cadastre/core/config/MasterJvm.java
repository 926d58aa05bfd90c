package io.cadastre.core.config;

import java.util.List;

/** The JVM of a master. */
public final class MasterJvm {
  /**
   * Memory and collector of masters that share a machine. Replaced as a whole by
   * $CADASTRE_MASTER_OPTS; {@code bin/cadastre} has the same list. A master that is out of memory
   * must go, not linger. The heap holds no inodes and stays small, so the parallel collector's
   * pauses do too, and it takes a quarter less processor time for an operation than G1. Half of it
   * is for what is young: batches of many callers live through a collection otherwise, and a leader
   * spends an eighth of its processor time on copying them. Memory is touched at the start: in a
   * collection it would be part of the pause, and longer than the rest of it. The optimising
   * compiler waits four times as long as by default: it takes a third of the processor time of a
   * start otherwise.
   */
  public static final List<String> DEFAULT_OPTIONS =
      List.of(
          "-Xms512m",
          "-Xmx512m",
          "-XX:+UseParallelGC",
          "-XX:NewRatio=1",
          "-XX:+AlwaysPreTouch",
          "-XX:CompileThresholdScaling=4",
          "-XX:+ExitOnOutOfMemoryError");

  private MasterJvm() {}
}
