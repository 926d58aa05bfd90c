package io.cadastre.client;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls a second through one client against a fake master in the same process, and the CPU that the
 * client's I/O thread and the callers take of it. Not a test: `main`, by hand.
 *
 * <p>Arguments: seconds a run (3), calls in flight (128).
 */
final class MeasureCalls {
  private MeasureCalls() {}

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    int inFlight = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 128;
    try (FakeMaster master = FakeMaster.leader("m1", 1);
        MetadataClient client = Clients.of(master).build()) {
      for (int round = 0; round < 3; round++) {
        master.recording = false;
        blocking(client, seconds, inFlight, "read");
        async(client, seconds, inFlight, "read");
        async(client, seconds, inFlight, "create");
        async(client, seconds, 2_000, "read");
      }
    }
  }

  private static Operation<?> operation(String kind, long number) {
    return kind.equals("read")
        ? Operation.getStatus("/measure/file-" + number, ReadOptions.DEFAULT)
        : Operation.createFile("/measure/file-" + number, FileOptions.DEFAULT);
  }

  private static void blocking(MetadataClient client, int seconds, int threads, String kind)
      throws InterruptedException {
    AtomicLong calls = new AtomicLong();
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong callerCpu = new AtomicLong();
    List<Thread> callers = new ArrayList<>();
    long cpu = ioThreadCpu();
    for (int i = 0; i < threads; i++) {
      callers.add(
          new Thread(
              () -> {
                while (!stop.get()) {
                  client.call(operation(kind, calls.getAndIncrement()));
                }
                callerCpu.addAndGet(threads().getCurrentThreadCpuTime());
              }));
    }
    long begin = System.nanoTime();
    callers.forEach(Thread::start);
    TimeUnit.SECONDS.sleep(seconds);
    stop.set(true);
    for (Thread caller : callers) {
      caller.join();
    }
    print("blocking " + kind, threads, calls.get(), begin, ioThreadCpu() - cpu, callerCpu.get());
  }

  private static void async(MetadataClient client, int seconds, int inFlight, String kind)
      throws InterruptedException {
    AtomicLong calls = new AtomicLong();
    AtomicLong open = new AtomicLong(inFlight);
    AtomicBoolean stop = new AtomicBoolean();
    long cpu = ioThreadCpu();
    long begin = System.nanoTime();
    for (int i = 0; i < inFlight; i++) {
      next(client, kind, calls, open, stop);
    }
    TimeUnit.SECONDS.sleep(seconds);
    stop.set(true);
    while (open.get() > 0) {
      Thread.onSpinWait();
    }
    print("async " + kind, inFlight, calls.get(), begin, ioThreadCpu() - cpu, 0);
  }

  private static void next(
      MetadataClient client, String kind, AtomicLong calls, AtomicLong open, AtomicBoolean stop) {
    client
        .submit(operation(kind, calls.getAndIncrement()))
        .whenComplete(
            (answer, error) -> {
              if (error != null) {
                throw new IllegalStateException(error);
              }
              if (stop.get()) {
                open.decrementAndGet();
              } else {
                next(client, kind, calls, open, stop);
              }
            });
  }

  private static void print(
      String what, int inFlight, long calls, long begin, long ioCpu, long callerCpu) {
    long nanos = System.nanoTime() - begin;
    System.out.printf(
        "%-16s in flight %5d: %,9.0f calls/s  I/O thread %4.1f us/call (%3.0f %% of a core)"
            + "  callers %4.1f us/call%n",
        what,
        inFlight,
        calls * 1e9 / nanos,
        ioCpu / 1e3 / calls,
        100.0 * ioCpu / nanos,
        callerCpu / 1e3 / calls);
  }

  private static ThreadMXBean threads() {
    return ManagementFactory.getThreadMXBean();
  }

  private static long ioThreadCpu() {
    ThreadInfo[] all = threads().getThreadInfo(threads().getAllThreadIds());
    return Arrays.stream(all)
        .filter(thread -> thread != null && thread.getThreadName().startsWith("cadastre-client"))
        .mapToLong(thread -> threads().getThreadCpuTime(thread.getThreadId()))
        .sum();
  }
}
