package io.cadastre.journal.raft;

import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a log really ends. Ratis believes the name of a closed segment, and takes a file that ends
 * within an entry for the end of the log: it would drop entries that this member has acknowledged,
 * or all of them.
 *
 * <p>Only the last segment that holds entries is read, since every start waits for that, and what
 * is needed to find the entry that the store has applied last. Where an earlier one is short, Ratis
 * finds a gap.
 */
public final class LogEnd {
  private static final Logger LOG = LoggerFactory.getLogger(LogEnd.class);

  private final LogSegments log;
  private final LogSegments.Segment last;
  private final Optional<SegmentScan.Damage> torn;
  private final LogSegments.Segment holder;
  private final SegmentScan.Found found;

  /**
   * The end of a log that may be mended.
   *
   * @param torn what is to be cut off the last segment
   * @param holder the last segment that holds entries: the last one, or the one before
   */
  private LogEnd(
      LogSegments log,
      LogSegments.Segment last,
      Optional<SegmentScan.Damage> torn,
      LogSegments.Segment holder,
      SegmentScan.Found found) {
    this.log = log;
    this.last = last;
    this.torn = torn;
    this.holder = holder;
    this.found = found;
  }

  /**
   * Looks at a log that has a segment.
   *
   * @param applied Raft index up to which the store has applied the log, -1 for a new store
   * @throws MetadataException CORRUPT if entries are missing or damaged; nothing was changed then
   */
  static LogEnd of(LogSegments log, long applied) throws IOException {
    List<LogSegments.Segment> segments = log.segments();
    LogSegments.Segment last = segments.get(segments.size() - 1);
    SegmentScan.Found found = read(log, last, applied);
    if (!last.isOpen() || found.lastIndex() >= last.start() || segments.size() == 1) {
      return new LogEnd(log, last, found.damage(), last, found);
    }
    LogSegments.Segment before = segments.get(segments.size() - 2);
    SegmentScan.Found foundBefore = read(log, before, applied);
    // Ratis forces a segment as a whole before it begins the next one, and deletes what follows
    // before it cuts one: also without an entry, the next one says how far this one went.
    if (foundBefore.damage().isPresent() || foundBefore.lastIndex() != last.start() - 1) {
      throw LogCheck.corrupt("The Raft log has a gap in front of its open segment")
          .with("segment", before.file())
          .with("lastIndex", foundBefore.lastIndex())
          .with("open", last.file());
    }
    return new LogEnd(log, last, found.damage(), before, foundBefore);
  }

  /**
   * Where the next start cuts off or renames what a power cut or a kill has left at the end of a
   * log. Changes nothing.
   *
   * @param applied Raft index up to which the store has applied the log, -1 for a new store
   * @return index of the last entry that is kept; empty if nothing is to be mended
   * @throws MetadataException CORRUPT if a start would refuse the log
   */
  public static OptionalLong mendedAt(LogSegments log, long applied) throws IOException {
    if (log.segments().isEmpty()) {
      return OptionalLong.empty();
    }
    LogEnd end = of(log, applied);
    return end.torn.isPresent() || end.isRenamed()
        ? OptionalLong.of(end.index())
        : OptionalLong.empty();
  }

  private static SegmentScan.Found read(LogSegments log, LogSegments.Segment segment, long applied)
      throws IOException {
    Optional<SegmentScan.Found> read = SegmentScan.read(segment, applied);
    if (read.isEmpty()) {
      long end = segment.isOpen() ? log.end() : segment.end();
      return new SegmentScan.Found(end, OptionalLong.empty(), Optional.empty());
    }
    SegmentScan.Found found = read.get();
    if (found.damage().isPresent()) {
      TornTail.requireTorn(segment, found.damage().get(), applied);
    }
    if (!segment.isOpen() && found.lastIndex() < segment.start()) {
      throw LogCheck.corrupt("A closed segment of the Raft log holds no entry")
          .with("segment", segment.file());
    }
    return found;
  }

  /** Index of the last entry; one less than the first if there is none. */
  long index() {
    return found.lastIndex();
  }

  /**
   * Term of the entry that the store has applied last. An earlier segment is read up to it.
   *
   * @param applied as it was given to {@link #of}
   * @return empty if the log does not hold that entry
   */
  OptionalLong termAt(long applied) throws IOException {
    if (applied >= holder.start()) {
      return found.markedTerm();
    }
    LogSegments.Segment earlier = null;
    for (LogSegments.Segment segment : log.segments()) {
      if (segment.start() <= applied && (segment.isOpen() || segment.end() >= applied)) {
        earlier = segment;
      }
    }
    if (earlier == null) {
      return OptionalLong.empty();
    }
    LogSegments.Segment part =
        new LogSegments.Segment(earlier.file(), earlier.start(), applied, earlier.bytes());
    return read(log, part, applied).markedTerm();
  }

  private boolean isRenamed() {
    return !holder.isOpen() && index() < holder.end();
  }

  /**
   * Cuts off a torn end. Gives a segment that Ratis was about to rename, when it had cut it, its
   * new name: Ratis looks for it under that, and fails as soon as it reads, cuts or deletes it.
   */
  void mend() throws IOException {
    if (torn.isPresent()) {
      TornTail.cut(last, torn.get());
    }
    if (isRenamed()) {
      Path renamed = holder.file().resolveSibling("log_" + holder.start() + "-" + index());
      Files.move(holder.file(), renamed);
      NodeIdentity.sync(renamed.getParent());
      LOG.warn(
          "The last closed segment of the Raft log ends at index {}, behind a whole entry, as Ratis"
              + " leaves it when it is killed while it cuts the log. Segment {} is now {}",
          index(),
          holder.file(),
          renamed);
    }
  }
}
