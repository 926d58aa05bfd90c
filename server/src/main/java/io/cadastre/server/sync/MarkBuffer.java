package io.cadastre.server.sync;

import com.codahale.metrics.Counter;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.record.Records;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.PutSyncMark;
import io.cadastre.server.transaction.Leadership;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marks on their way into the journal. A sync that changed nothing journals no entry of its own:
 * its mark waits here, at the latest for `cadastre.master.metadata.sync.mark.delay`, and many go in
 * one entry. A mark that is lost with the leader costs a sync, never freshness. Thread-safe;
 * belongs to one leadership.
 */
final class MarkBuffer {
  private static final Logger LOG = LoggerFactory.getLogger(MarkBuffer.class);
  private static final int MOST_MARKS = 50_000;
  private static final int RECORDS_PER_OPERATION = 4_000;

  private final Leadership leadership;
  private final Counter journaled;
  // Guarded by this.
  private final Map<Key, Mark> waiting = new HashMap<>();
  // Left without a lock: by whoever applies them.
  private final Map<Key, Mark> underWay = new ConcurrentHashMap<>();

  /**
   * @param depth SELF marks are kept by inode as the others
   */
  private record Key(long inodeId, PutSyncMark.Depth depth) {}

  /** A mark: the moment before the store was first asked. */
  record Mark(long millis, long index, long parentId, String name) {}

  /**
   * @param journaled counts marks that were journaled
   */
  MarkBuffer(Leadership leadership, Counter journaled) {
    this.leadership = leadership;
    this.journaled = journaled;
  }

  /** Marks that are not journaled yet, those on their way included. */
  synchronized int waiting() {
    return waiting.size() + underWay.size();
  }

  Leadership leadership() {
    return leadership;
  }

  synchronized void self(long parentId, String name, long inodeId, long millis, long index) {
    put(new Key(inodeId, PutSyncMark.Depth.SELF), new Mark(millis, index, parentId, name));
  }

  synchronized void directory(long directoryId, PutSyncMark.Depth depth, long millis, long index) {
    put(new Key(directoryId, depth), new Mark(millis, index, 0, ""));
  }

  private void put(Key key, Mark mark) {
    Mark old = waiting.get(key);
    if (old == null || old.index() <= mark.index()) {
      waiting.put(key, mark);
    }
    if (waiting.size() >= MOST_MARKS) {
      flush();
    }
  }

  /** The mark of exactly this depth that no reader of the store sees yet, or null. */
  synchronized Mark find(long inodeId, PutSyncMark.Depth depth) {
    Key key = new Key(inodeId, depth);
    Mark mark = waiting.get(key);
    return mark != null ? mark : underWay.get(key);
  }

  /** Journals what waits. */
  synchronized void flush() {
    if (waiting.isEmpty()) {
      return;
    }
    List<Map.Entry<Key, Mark>> marks = List.copyOf(waiting.entrySet());
    underWay.putAll(waiting);
    waiting.clear();
    for (int from = 0; from < marks.size(); from += RECORDS_PER_OPERATION) {
      journal(marks.subList(from, Math.min(marks.size(), from + RECORDS_PER_OPERATION)));
    }
  }

  private void journal(List<Map.Entry<Key, Mark>> marks) {
    List<JournalRecord> records = new ArrayList<>();
    marks.forEach(mark -> records.add(record(mark.getKey(), mark.getValue())));
    leadership
        .append(records)
        .whenComplete(
            (index, failure) -> {
              arrived(marks);
              if (failure == null) {
                journaled.inc(marks.size());
              } else if (failure instanceof MetadataException) {
                LOG.debug("Sync marks were lost: {}", failure.getMessage());
              }
            });
  }

  /** Of a directory that was marked again meanwhile the newer mark stays. */
  private void arrived(List<Map.Entry<Key, Mark>> marks) {
    marks.forEach(mark -> underWay.remove(mark.getKey(), mark.getValue()));
  }

  private static JournalRecord record(Key key, Mark mark) {
    return key.depth() == PutSyncMark.Depth.SELF
        ? Records.selfMark(mark.parentId(), mark.name(), key.inodeId(), mark.millis(), mark.index())
        : Records.mark(key.depth(), key.inodeId(), mark.millis(), mark.index());
  }
}
