package io.cadastre.core.metrics;

import java.util.List;

/**
 * A metric's name, kind, help and labels. All instances are in {@link MetricNames}.
 *
 * @param name dotted, such as {@code cadastre.journal.append.micros}; the last part is the unit, if
 *     there is one
 * @param kind which method of {@link Metrics} it goes with
 * @param help one line
 * @param labels names of its labels; each combination of values is a series of its own
 */
public record MetricName(String name, Kind kind, String help, List<String> labels) {
  /** What is measured, and how. */
  public enum Kind {
    /** A count that only grows. */
    COUNTER,
    /** A count that only grows, with rates over the last minutes. */
    METER,
    /** How long something took; names end in "micros" and are published in microseconds. */
    TIMER,
    /** How large something was. */
    HISTOGRAM,
    /** A value that is read when asked for. */
    GAUGE
  }

  public MetricName {
    labels = List.copyOf(labels);
  }

  @Override
  public String toString() {
    return name;
  }
}
