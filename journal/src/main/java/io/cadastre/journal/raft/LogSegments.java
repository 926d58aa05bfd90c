package io.cadastre.journal.raft;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;

/**
 * The files of a Raft log, looked at without starting Raft. Changes nothing on disk.
 *
 * <p>Layout: {@code <raft directory>/<group UUID>/current/} with {@code raft-meta}, closed segments
 * {@code log_START-END} and one open segment {@code log_inprogress_START}.
 */
public final class LogSegments {
  private static final Pattern CLOSED = Pattern.compile("log_(\\d+)-(\\d+)");
  private static final Pattern OPEN = Pattern.compile("log_inprogress_(\\d+)");
  private static final Pattern GROUP = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final SizeInBytes MAX_ENTRY = SizeInBytes.valueOf("64MB");

  /**
   * One file.
   *
   * @param end index of the last entry; -1 for the open segment
   */
  public record Segment(Path file, long start, long end, long bytes) {
    public boolean isOpen() {
      return end < 0;
    }
  }

  /** What an entry is. */
  public enum Kind {
    /** A serialised JournalEntry. */
    RECORDS,
    /** Members of the cluster; the first entry of each term. */
    CONFIGURATION,
    /** A note of Ratis' own. */
    METADATA
  }

  /**
   * One entry.
   *
   * @param data empty unless the kind is RECORDS
   */
  public record Entry(long term, long index, Kind kind, byte[] data) {}

  private final Path current;
  private final List<Segment> segments;

  private LogSegments(Path current, List<Segment> segments) {
    this.current = current;
    this.segments = segments;
  }

  /** The log of a group; without segments if there is none. */
  public static LogSegments of(Path raftDirectory, UUID group) throws IOException {
    Path current = raftDirectory.resolve(group.toString()).resolve("current");
    List<Segment> found = new ArrayList<>();
    if (Files.isDirectory(current)) {
      try (Stream<Path> files = Files.list(current)) {
        for (Path file : files.toList()) {
          segment(file).ifPresent(found::add);
        }
      }
    }
    found.sort(Comparator.comparingLong(Segment::start));
    return new LogSegments(current, found);
  }

  /**
   * Ratis would join the foreign group too, and vote in ours as if it had no past.
   *
   * @throws MetadataException CORRUPT if the directory has the log of another group
   */
  public static void requireNoForeign(Path raftDirectory, UUID group) throws IOException {
    if (!Files.isDirectory(raftDirectory)) {
      return;
    }
    try (Stream<Path> groups = Files.list(raftDirectory)) {
      for (Path other : groups.toList()) {
        String name = other.getFileName().toString();
        if (GROUP.matcher(name).matches() && !name.equals(group.toString())) {
          throw new MetadataException(
                  ErrorCode.CORRUPT,
                  "The Raft directory holds the log of another cluster than the identity file says:"
                      + " files of two masters were mixed. Nothing was changed; put this master's"
                      + " own files back")
              .with("directory", raftDirectory)
              .with("log", name)
              .with("identity", group);
        }
      }
    }
  }

  private static Optional<Segment> segment(Path file) throws IOException {
    String name = file.getFileName().toString();
    Matcher closed = CLOSED.matcher(name);
    if (closed.matches()) {
      return Optional.of(
          new Segment(
              file,
              Long.parseLong(closed.group(1)),
              Long.parseLong(closed.group(2)),
              Files.size(file)));
    }
    Matcher open = OPEN.matcher(name);
    long bytes = open.matches() ? Files.size(file) : 0;
    // An open segment without a byte was never written to.
    return bytes == 0
        ? Optional.empty()
        : Optional.of(new Segment(file, Long.parseLong(open.group(1)), -1, bytes));
  }

  /** Where the segments are. */
  public Path current() {
    return current;
  }

  /** In order of their indexes. */
  public List<Segment> segments() {
    return segments;
  }

  /** First index of the log, -1 if it has no segment. */
  public long start() {
    return segments.isEmpty() ? -1 : segments.get(0).start();
  }

  /**
   * Last index of the log, -1 if it has none. Reads the open segment if there is one.
   *
   * @throws IOException if that is damaged
   */
  public long end() throws IOException {
    if (segments.isEmpty()) {
      return -1;
    }
    Segment last = segments.get(segments.size() - 1);
    if (!last.isOpen()) {
      return last.end();
    }
    long[] end = {last.start() - 1};
    read(last, entry -> end[0] = entry.index());
    return end[0];
  }

  /**
   * Reads the entries of one segment in order, with their checksums.
   *
   * @return how many there are
   * @throws IOException if the file is damaged; entries before the damage have been handed over
   */
  public static int read(Segment segment, Consumer<Entry> entries) throws IOException {
    LogSegmentPath path = LogSegmentPath.matchLogSegment(segment.file());
    if (path == null) {
      throw new IOException("not a log segment: " + segment.file());
    }
    try {
      return LogSegment.readSegmentFile(
          segment.file().toFile(),
          path.getStartEnd(),
          MAX_ENTRY,
          CorruptionPolicy.EXCEPTION,
          null,
          entry -> entries.accept(entry(entry)));
    } catch (IllegalStateException e) {
      // Ratis asserts that indexes are continuous.
      throw new IOException(e.getMessage(), e);
    }
  }

  private static Entry entry(LogEntryProto proto) {
    Kind kind =
        proto.hasStateMachineLogEntry()
            ? Kind.RECORDS
            : proto.hasConfigurationEntry() ? Kind.CONFIGURATION : Kind.METADATA;
    byte[] data = proto.getStateMachineLogEntry().getLogData().toByteArray();
    return new Entry(proto.getTerm(), proto.getIndex(), kind, data);
  }

  /** The newest term that this member has voted in or followed; -1 if its file is missing. */
  public long votedTerm() throws IOException {
    Path meta = current.resolve("raft-meta");
    if (!Files.exists(meta)) {
      return -1;
    }
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(meta)) {
      properties.load(in);
      return Long.parseLong(properties.getProperty("term", ""));
    } catch (IllegalArgumentException e) {
      throw new IOException("the file " + meta + " has no term", e);
    }
  }
}
