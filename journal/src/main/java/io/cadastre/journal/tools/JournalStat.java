package io.cadastre.journal.tools;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.raft.LogEnd;
import io.cadastre.journal.raft.LogSegments;
import io.cadastre.journal.raft.NodeIdentity;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.RocksInodeStore;
import io.cadastre.journal.store.RowCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Figures of a stopped master's storage.
 *
 * @param logStart first index of the log, -1 if it has none
 * @param logEnd last index of the log, -1 if it has none
 * @param appliedIndex Raft index up to which the store has applied the log, -1 if none of it
 * @param clusterMillis cluster time of the last applied entry, UTC milliseconds
 * @param rows rows of each family, counted
 * @param bytes what each family takes on disk, about
 */
public record JournalStat(
    NodeIdentity identity,
    long logStart,
    long logEnd,
    List<SegmentFile> segments,
    long appliedTerm,
    long appliedIndex,
    long indexBase,
    long formatLevel,
    long recoveryEpoch,
    long clusterMillis,
    long nextInodeId,
    Map<Family, Long> rows,
    Map<Family, Long> bytes) {
  private static final byte[] FIRST = new byte[0];

  /** A file of the log; the end is -1 for the one that is still written. */
  public record SegmentFile(String name, long start, long end, long bytes) {}

  /**
   * Reads a storage. Counts rows, so it takes about a second per million inodes.
   *
   * @throws MetadataException BUSY if a master runs on it; CORRUPT if it cannot be read
   */
  public static JournalStat of(Path storage) {
    try (StoppedStorage stopped = StoppedStorage.open(storage)) {
      LogSegments log = stopped.log();
      Map<Family, Long> rows = new EnumMap<>(Family.class);
      Map<Family, Long> bytes = new EnumMap<>(Family.class);
      StoredState state = new StoredState(0, -1, "", 0, 0, 0, 0, 0, 0);
      if (stopped.hasStore()) {
        try (RocksInodeStore store = stopped.openStore()) {
          state = StoredState.of(store);
          for (Family family : Family.values()) {
            rows.put(family, count(store, family));
            bytes.put(family, store.property(family, "rocksdb.total-sst-files-size"));
          }
        }
      }
      return new JournalStat(
          stopped.identity(),
          log.start(),
          end(log, state.appliedIndex()),
          log.segments().stream()
              .map(
                  s ->
                      new SegmentFile(
                          s.file().getFileName().toString(), s.start(), s.end(), s.bytes()))
              .toList(),
          state.appliedTerm(),
          state.appliedIndex(),
          state.indexBase(),
          state.formatLevel(),
          state.recoveryEpoch(),
          state.clusterMillis(),
          state.nextInodeId(),
          rows,
          bytes);
    }
  }

  private static long end(LogSegments log, long applied) {
    try {
      OptionalLong kept = LogEnd.mendedAt(log, applied);
      return kept.isPresent() ? kept.getAsLong() : log.end();
    } catch (IOException e) {
      throw new MetadataException(
          ErrorCode.CORRUPT, "The last segment of the Raft log is damaged: " + e.getMessage(), e);
    }
  }

  private static long count(RocksInodeStore store, Family family) {
    long rows = 0;
    try (RowCursor cursor = store.scan(family, FIRST, null)) {
      for (; cursor.valid(); cursor.next()) {
        rows++;
      }
    }
    return rows;
  }
}
