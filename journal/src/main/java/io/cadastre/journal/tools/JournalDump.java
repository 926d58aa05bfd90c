package io.cadastre.journal.tools;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.raft.LogSegments;
import io.cadastre.journal.record.EntryCodec;
import io.cadastre.journal.record.proto.JournalEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Shows the entries of a stopped master's log, a line of JSON each. */
public final class JournalDump {
  private JournalDump() {}

  /**
   * Hands over the entries with Raft indexes in [from, to], in order. A line has {@code term},
   * {@code index}, {@code kind} (RECORDS, CONFIGURATION or METADATA), and for records the cluster
   * time as text, {@code fenced} if the entry had no effect, and {@code entry}, the JournalEntry.
   *
   * @return how many lines that were
   * @throws MetadataException BUSY if a master runs on the storage; CORRUPT, behind the lines that
   *     could be read, if a segment is damaged
   */
  public static long dump(Path storage, long from, long to, Consumer<String> line) {
    try (StoppedStorage stopped = StoppedStorage.open(storage)) {
      long[] lines = {0};
      List<LogSegments.Segment> segments = stopped.log().segments();
      for (LogSegments.Segment segment : segments) {
        if (segment.start() > to || (!segment.isOpen() && segment.end() < from)) {
          continue;
        }
        read(
            segment,
            entry -> {
              if (entry.index() >= from && entry.index() <= to) {
                line.accept(render(entry));
                lines[0]++;
              }
            });
      }
      return lines[0];
    }
  }

  private static void read(LogSegments.Segment segment, Consumer<LogSegments.Entry> entries) {
    try {
      LogSegments.read(segment, entries);
    } catch (IOException e) {
      throw new MetadataException(
              ErrorCode.CORRUPT, "A segment of the Raft log is damaged: " + e.getMessage(), e)
          .with("file", segment.file());
    }
  }

  private static String render(LogSegments.Entry entry) {
    JsonText json = new JsonText();
    json.open('{');
    json.name("term").number(entry.term());
    json.name("index").number(entry.index());
    json.name("kind").text(entry.kind().name());
    if (entry.kind() == LogSegments.Kind.RECORDS) {
      records(json, entry);
    }
    return json.close('}').toString();
  }

  private static void records(JsonText json, LogSegments.Entry entry) {
    try {
      JournalEntry parsed = EntryCodec.decode(entry.data());
      json.name("time").text(Instant.ofEpochMilli(parsed.getClusterMillis()).toString());
      if (parsed.getPlannedTerm() != entry.term()) {
        json.name("fenced").bool(true);
      }
      json.name("entry");
      RecordJson.write(json, parsed);
    } catch (InvalidProtocolBufferException e) {
      json.name("unreadable").text(String.valueOf(e.getMessage()));
      json.name("bytes").number(entry.data().length);
    }
  }
}
