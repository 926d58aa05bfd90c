package io.cadastre.server.bootstrap;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the free space of the storage directory's disk every few seconds. While it is below
 * `cadastre.master.disk.free.min` this master refuses writes before anything of them is journaled,
 * and hands leadership to others, one after the other with growing pauses, since they may be no
 * better off. Reads go on. Thread-safe; looks on a thread of its own, as a sick disk may not
 * answer.
 */
final class DiskWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);
  private static final long PERIOD_MILLIS = 2_000;
  private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** It is well again with a little more than the minimum, or it would change all the time. */
  private static final int MARGIN = 20;

  /** Who may lead instead. */
  interface Quorum {
    /** Whether this master leads. */
    boolean leads();

    /** Names of the others that could take over now, the most suitable first. */
    List<String> successors();

    /**
     * Hands leadership over and waits for it.
     *
     * @throws MetadataException if the other one did not take over
     */
    void handOver(String node);
  }

  private final Path directory;
  private final long min;
  private final LongSupplier space;
  private final Thread thread;
  private Quorum quorum;
  private long pauseNanos;
  private long notBeforeNanos;
  private int turn;
  private volatile long free;
  private volatile boolean low;

  /**
   * @param min bytes; 0 turns the watch off
   * @param space usable bytes of the disk
   */
  DiskWatch(Path directory, long min, LongSupplier space) {
    this.directory = directory;
    this.min = min;
    this.space = space;
    this.free = space.getAsLong();
    this.low = free < min;
    this.thread = new Thread(this::run, "disk-watch");
    thread.setDaemon(true);
  }

  /** Usable bytes of the disk that a directory is on. */
  static LongSupplier spaceOf(Path directory) {
    return () -> {
      try {
        return Files.getFileStore(directory).getUsableSpace();
      } catch (IOException e) {
        // A disk that does not say this will fail the next write, which halts the master.
        LOG.warn("The free space of {} cannot be told", directory, e);
        return Long.MAX_VALUE;
      }
    };
  }

  void start(Quorum members) {
    quorum = members;
    thread.start();
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        lookAgain();
        TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
      }
    } catch (InterruptedException e) {
      LOG.debug("The disk is not watched any more");
    }
  }

  /** A look that fails, whatever the reason, must not be the last one. */
  private void lookAgain() {
    try {
      look(System.nanoTime());
    } catch (RuntimeException e) {
      LOG.error("The disk could not be looked after; trying again", e);
    }
  }

  /** Looks once; called by its own thread, and by tests before it is started. */
  void look(long nowNanos) {
    free = space.getAsLong();
    boolean lowNow = low ? free < min + min / MARGIN : free < min;
    if (lowNow != low) {
      low = lowNow;
      pauseNanos = 0;
      if (low) {
        LOG.error("{}; it refuses writes and does not lead if another master can", reason());
      } else {
        LOG.info("The disk of {} has {} bytes free again; writes are taken", directory, free);
      }
    }
    if (low && quorum.leads() && (pauseNanos == 0 || nowNanos - notBeforeNanos >= 0)) {
      handOver(nowNanos);
    }
  }

  private void handOver(long nowNanos) {
    List<String> others = quorum.successors();
    pauseNanos =
        pauseNanos == 0 ? FIRST_PAUSE_NANOS : Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos);
    notBeforeNanos = nowNanos + pauseNanos;
    if (others.isEmpty()) {
      return;
    }
    String next = others.get(turn++ % others.size());
    try {
      LOG.warn("Handing leadership to {}: the disk is nearly full", next);
      quorum.handOver(next);
    } catch (MetadataException e) {
      LOG.warn("Leadership could not be handed to {}: {}", next, e.getMessage());
    }
  }

  /** Whether writes are refused. */
  boolean isLow() {
    return low;
  }

  /** Usable bytes when it last looked. */
  long free() {
    return free;
  }

  long min() {
    return min;
  }

  /** What is wrong, for people; only while it is low. */
  String reason() {
    return "The disk of this master's storage directory "
        + directory
        + " has only "
        + free
        + " bytes free, less than cadastre.master.disk.free.min ("
        + min
        + ")";
  }

  /**
   * Lets a write pass.
   *
   * @throws MetadataException BUSY while the disk is nearly full: not UNAVAILABLE, since another
   *     master is no better to ask while this one leads
   */
  void checkWrite() {
    if (low) {
      throw new MetadataException(
          ErrorCode.BUSY, reason() + "; nothing was done. Make room, then try again");
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
