package io.cadastre.bench.report;

import io.cadastre.bench.load.LoadResult;
import io.cadastre.cli.format.Json;

/**
 * One line of a report.
 *
 * @param unit of what is counted: operations, entries, calls, files
 * @param p50Micros latency of a caller's call; 0 with the other two if there is none
 * @param leaderMicros CPU time per operation of the leader (of the serving process, for
 *     yardsticks); -1 if there is no such process, or it was not asked
 * @param followerMicros of all followers together
 * @param clientMicros of the calling process
 * @param load the machine's load average when it ended
 */
public record Figure(
    String name,
    int callers,
    int batch,
    String unit,
    long operations,
    long errors,
    double seconds,
    double perSecond,
    double p50Micros,
    double p99Micros,
    double p999Micros,
    double leaderMicros,
    double followerMicros,
    double clientMicros,
    double load) {
  /** Columns of {@link #row}. */
  public static final String HEADER =
      String.format(
          "%-34s %7s %5s %12s %10s %10s %10s %8s %8s %8s %5s",
          "what",
          "callers",
          "batch",
          "per second",
          "p50 us",
          "p99 us",
          "p99.9 us",
          "leader",
          "follow",
          "client",
          "load");

  /** A figure without processes: a yardstick in this one. */
  public static Figure plain(
      String name, String unit, long operations, double seconds, double load) {
    return new Figure(
        name, 1, 1, unit, operations, 0, seconds, operations / seconds, 0, 0, 0, -1, -1, -1, load);
  }

  /** From a load's result and the CPU time, in microseconds, that it took in all. */
  public static Figure of(
      String name,
      int callers,
      int batch,
      String unit,
      LoadResult result,
      double leaderMicros,
      double followerMicros,
      double clientMicros,
      double load) {
    double each = Math.max(1, result.operations());
    return new Figure(
        name,
        callers,
        batch,
        unit,
        result.operations(),
        result.errors(),
        result.nanos() / 1e9,
        result.perSecond(),
        result.micros(50),
        result.micros(99),
        result.micros(99.9),
        leaderMicros / each,
        followerMicros / each,
        clientMicros / each,
        load);
  }

  /** For people. */
  public String row() {
    return String.format(
            "%-34s %7d %5d %12.0f %10.0f %10.0f %10.0f %8s %8s %8s %5.1f",
            name,
            callers,
            batch,
            perSecond,
            p50Micros,
            p99Micros,
            p999Micros,
            micros(leaderMicros),
            micros(followerMicros),
            micros(clientMicros),
            load)
        + (errors == 0 ? "" : "  " + errors + " ERRORS");
  }

  private static String micros(double value) {
    return value < 0 ? "-" : String.format("%.1f", value);
  }

  /** For programs: one line. */
  public Json json() {
    return Json.object()
        .put("name", name)
        .put("callers", callers)
        .put("batch", batch)
        .put("unit", unit)
        .put("operations", operations)
        .put("errors", errors)
        .put("seconds", seconds)
        .put("perSecond", perSecond)
        .put("p50Micros", p50Micros)
        .put("p99Micros", p99Micros)
        .put("p999Micros", p999Micros)
        .put("leaderCpuMicros", leaderMicros)
        .put("followersCpuMicros", followerMicros)
        .put("clientCpuMicros", clientMicros)
        .put("loadAverage", load);
  }
}
