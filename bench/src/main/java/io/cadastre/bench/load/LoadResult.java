package io.cadastre.bench.load;

import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * What a load did.
 *
 * @param operations answered without error
 * @param errors answered with one
 * @param nanos from the first call to the last answer
 * @param latencies nanoseconds from a caller's call to its answer; of a batch: to its last answer
 */
public record LoadResult(
    long operations, long errors, Optional<Throwable> firstError, long nanos, Histogram latencies) {
  public double perSecond() {
    return operations * 1e9 / Math.max(1, nanos);
  }

  public double micros(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1_000.0;
  }

  /**
   * The same result, if it had no error.
   *
   * @throws IllegalStateException with the first error
   */
  public LoadResult orThrow() {
    if (errors > 0) {
      throw new IllegalStateException(
          errors + " operations failed, the first one with: " + firstError.orElseThrow());
    }
    return this;
  }

  static Histogram histogram() {
    return new Histogram(60_000_000_000L, 3);
  }
}
