package io.cadastre.server.http;

import com.sun.management.UnixOperatingSystemMXBean;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Gauges of the process itself: CPU, memory, files, threads. */
public final class ProcessMetrics {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMetrics() {}

  /** Adds them all; what the platform does not tell reads -1. */
  public static void register(Metrics metrics) {
    metrics.counter(MetricNames.SERIES_DROPPED);
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    metrics.gauge(
        MetricNames.PROCESS_START_SECONDS,
        () -> ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
    metrics.gauge(MetricNames.PROCESS_RESIDENT_BYTES, ProcessMetrics::residentBytes);
    metrics.gauge(MetricNames.JVM_HEAP_USED_BYTES, () -> memory.getHeapMemoryUsage().getUsed());
    metrics.gauge(MetricNames.JVM_HEAP_MAX_BYTES, () -> memory.getHeapMemoryUsage().getMax());
    metrics.gauge(
        MetricNames.JVM_GC_SECONDS,
        () -> collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionTime).sum() / 1e3);
    metrics.gauge(
        MetricNames.JVM_THREADS, () -> ManagementFactory.getThreadMXBean().getThreadCount());
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      metrics.gauge(MetricNames.PROCESS_CPU_SECONDS, () -> unix.getProcessCpuTime() / 1e9);
      metrics.gauge(MetricNames.PROCESS_OPEN_FILES, unix::getOpenFileDescriptorCount);
    } else {
      metrics.gauge(MetricNames.PROCESS_CPU_SECONDS, () -> -1);
      metrics.gauge(MetricNames.PROCESS_OPEN_FILES, () -> -1);
    }
  }

  /** Resident memory as Linux tells it; -1 elsewhere. */
  public static long residentBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException | NumberFormatException e) {
      // Not Linux, or a /proc that is not mounted: as good as not being told.
      return -1;
    }
    return -1;
  }
}
