package io.cadastre.bench;

import io.cadastre.bench.report.Figure;
import io.cadastre.bench.report.Report;
import java.util.Optional;

/** The cluster's figures as shares of what the parts can do alone. Stateless. */
final class Ratios {
  private Ratios() {}

  static void print(Report report) {
    report.section("ratios, 128 callers");
    ratio(report, find(report, OperationSuite.STAT), report.find("echo, stream", 128, 1));
    ratio(
        report,
        report.find(OperationSuite.STAT, 128, 100),
        report.find("echo, stream, frames of 100", 12_800, 1));
    ratio(report, find(report, OperationSuite.STAT), report.find("RocksDB, get", 1, 1));
    ratio(
        report,
        find(report, OperationSuite.CREATE),
        report.find("Ratis, entries of 256 B", 128, 1));
    ratio(report, report.find("list of 10000", 1, 1), report.find("RocksDB, scan", 1, 1));
  }

  private static Optional<Figure> find(Report report, String name) {
    return report.find(name, 128, 1);
  }

  private static void ratio(Report report, Optional<Figure> figure, Optional<Figure> yardstick) {
    if (figure.isPresent() && yardstick.isPresent()) {
      String batch = figure.get().batch() == 1 ? "" : " in batches of " + figure.get().batch();
      report.ratio(
          figure.get().name() + batch + " / " + yardstick.get().name(),
          figure.get().perSecond(),
          yardstick.get().perSecond());
    }
  }
}
