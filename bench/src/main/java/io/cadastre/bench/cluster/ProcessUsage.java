package io.cadastre.bench.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Linux says a process has used. Stateless. */
public final class ProcessUsage {
  /** USER_HZ: the unit of times in /proc, 100 a second on every Linux that Java 17 runs on. */
  private static final long MICROS_PER_TICK = 10_000;

  /** Fields of /proc/PID/stat behind the command, which may hold spaces. */
  private static final int USER_TICKS = 11;

  private static final int SYSTEM_TICKS = 12;

  /** The two generations of the heap; not what is in them, nor the classes. */
  private static final Pattern USED =
      Pattern.compile("(?:PSYoungGen|ParOldGen) +total \\d+K, used (\\d+)K");

  private ProcessUsage() {}

  /** CPU time of all threads, user and system, in microseconds, to 10 ms. */
  public static long cpuMicros(long pid) {
    String stat = read(pid, "stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]))
        * MICROS_PER_TICK;
  }

  /** Resident memory now, in bytes. */
  public static long residentBytes(long pid) {
    return statusBytes(pid, "VmRSS:");
  }

  /** What lives in the heap of a JVM with the parallel collector; collects it first. */
  public static long liveHeapBytes(long pid) throws InterruptedException {
    jcmd(pid, "GC.run");
    return jcmd(pid, "GC.heap_info")
        .lines()
        .map(USED::matcher)
        .filter(Matcher::find)
        .mapToLong(used -> Long.parseLong(used.group(1)) << 10)
        .sum();
  }

  private static String jcmd(long pid, String command) throws InterruptedException {
    String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      Process process =
          new ProcessBuilder(tool, Long.toString(pid), command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("jcmd " + pid + " " + command + ": " + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot run " + tool, e);
    }
  }

  /** The most resident memory so far, in bytes. */
  public static long peakResidentBytes(long pid) {
    return statusBytes(pid, "VmHWM:");
  }

  /** Load average of the last minute: how many others compete for the processors. */
  public static double loadAverage() {
    try {
      return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long statusBytes(long pid, String name) {
    return read(pid, "status")
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("process " + pid + " has no " + name));
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file));
    } catch (IOException e) {
      throw new UncheckedIOException("Process " + pid + " is gone", e);
    }
  }
}
