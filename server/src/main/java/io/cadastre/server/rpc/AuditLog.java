package io.cadastre.server.rpc;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.server.transaction.Caller;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line per call: when, on which node, who, from where, what, on which path, with what result,
 * in how many microseconds.
 *
 * <p>Lines are handed to a thread of this class, which gives whatever has come together to the
 * logger at once: a line each, and a wake-up for each, cost more than looking up a path. A line is
 * in the file some milliseconds after its call at the latest. When too many wait, the caller writes
 * them itself: lines are never dropped. Thread-safe.
 */
public final class AuditLog implements AutoCloseable {
  /** The logger's name, for the logging configuration. Its messages hold one line or many. */
  static final String NAME = "io.cadastre.audit";

  private static final Logger LOG = LoggerFactory.getLogger(NAME);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final int MOST_WAITING = 65_536;

  /** Characters of a name or path that a line takes; no path that is one is longer. */
  private static final int MOST_CHARACTERS = NamespacePath.MAX_PATH_BYTES;

  private static final int LINES_AT_ONCE = 1_024;
  private static final long REST_NANOS = 2_000_000;

  private final String node;
  private final Consumer<CharSequence> sink;
  private final ConcurrentLinkedQueue<String> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Thread thread;
  private volatile boolean asleep;
  private volatile boolean closed;
  private volatile Stamp stamp = new Stamp(0, "");

  /** A millisecond and its text: thousands of lines share one. */
  private record Stamp(long millis, String text) {}

  /**
   * For the logger of this name.
   *
   * @param node who writes
   */
  public AuditLog(String node) {
    this(node, LOG.isInfoEnabled() ? lines -> LOG.info("{}", lines) : null);
  }

  /**
   * @param sink takes complete lines, without the last line's end; null if nobody wants them
   */
  AuditLog(String node, Consumer<CharSequence> sink) {
    this.node = node;
    this.sink = sink;
    this.thread = new Thread(this::run, node + "-audit");
    thread.setDaemon(true);
    thread.start();
  }

  /** Who calls from there: a request that was refused before that was known, or does not say so. */
  static Caller somebody(String address) {
    return new Caller("?", List.of(), false, address);
  }

  /** As below, for a call about one path. */
  void write(Caller caller, String what, String path, String result, long nanos) {
    write(caller, what, path, null, result, nanos);
  }

  /**
   * @param to where a rename leads; null of other calls
   * @param result OK or the name of an error code
   */
  void write(Caller caller, String what, String path, String to, String result, long nanos) {
    if (sink == null) {
      return;
    }
    StringBuilder line = new StringBuilder(160);
    line.append(now()).append(' ').append(node).append(" user=");
    clean(line, caller.user());
    line.append(" from=").append(caller.address());
    line.append(" op=").append(what).append(" path=");
    clean(line, path);
    if (to != null) {
      line.append(" to=");
      clean(line, to);
    }
    line.append(" result=").append(result).append(" micros=").append(nanos / 1_000);
    waiting.add(line.toString());
    if (count.incrementAndGet() > MOST_WAITING) {
      writeSome();
    } else if (asleep || closed) {
      wake();
    }
  }

  private String now() {
    long millis = System.currentTimeMillis();
    Stamp last = stamp;
    if (last.millis() != millis) {
      last = new Stamp(millis, TIME.format(Instant.ofEpochMilli(millis)));
      stamp = last;
    }
    return last.text();
  }

  private void wake() {
    if (closed) {
      writeSome();
    } else {
      asleep = false;
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    while (!closed) {
      while (writeSome()) {
        // Until nothing waits.
      }
      // Under load the next lines come together while this thread rests, and need not wake it.
      LockSupport.parkNanos(REST_NANOS);
      if (waiting.isEmpty()) {
        asleep = true;
        if (waiting.isEmpty() && !closed) {
          LockSupport.park(this);
        }
        asleep = false;
      }
    }
  }

  /** Whether there was anything. */
  private boolean writeSome() {
    StringBuilder lines = null;
    for (int i = 0; i < LINES_AT_ONCE; i++) {
      String line = waiting.poll();
      if (line == null) {
        break;
      }
      count.decrementAndGet();
      if (lines == null) {
        lines = new StringBuilder(line.length() + 16);
      } else {
        lines.append('\n');
      }
      lines.append(line);
    }
    if (lines == null) {
      return false;
    }
    sink.accept(lines);
    return true;
  }

  /**
   * A line stays a line of these fields and of bounded length, whatever is in a name. Of what is
   * cut the line says how long it was.
   */
  private static void clean(StringBuilder line, String text) {
    int end = Math.min(text.length(), MOST_CHARACTERS);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c == 0x7f || c == '\\') {
        line.append(String.format("\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
    if (end < text.length()) {
      line.append("...(").append(text.length()).append(')');
    }
  }

  /** Writes what waits. Lines that come later are written by their callers. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    while (writeSome()) {
      // Until nothing waits.
    }
  }
}
