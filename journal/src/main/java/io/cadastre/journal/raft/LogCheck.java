package io.cadastre.journal.raft;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Whether a store and a log fit together, looked at before Raft starts. Ratis would drop a log that
 * ends before the store's applied index, and never get on with one that starts behind it.
 */
final class LogCheck {
  private static final String REBUILD =
      ". Nothing was changed. Put the missing files back, or remove this master from the quorum"
          + " and add it anew";

  private LogCheck() {}

  /**
   * @param applied Raft index up to which the store has applied the log, -1 for a new store
   * @throws MetadataException CORRUPT if entries are missing
   */
  static void check(Path raftDirectory, UUID group, long applied) {
    try {
      LogSegments log = LogSegments.of(raftDirectory, group);
      if (log.segments().isEmpty()) {
        if (applied >= 0) {
          throw corrupt("The Raft log is gone, but the inode store has applied entries of it")
              .with("log", log.current())
              .with("applied", applied);
        }
        return;
      }
      if (log.start() > applied + 1) {
        throw corrupt(
                "The inode store is older than its Raft log: entries between them are missing")
            .with("applied", applied)
            .with("logStart", log.start());
      }
      long lastStart = log.segments().get(log.segments().size() - 1).start();
      if (lastStart <= applied && log.end() < applied) {
        throw corrupt("The Raft log ends before what the inode store has applied")
            .with("applied", applied)
            .with("logEnd", log.end());
      }
    } catch (IOException e) {
      throw new MetadataException(
              ErrorCode.CORRUPT,
              "A segment of the Raft log is damaged (" + e.getMessage() + ")" + REBUILD,
              e)
          .with("directory", raftDirectory);
    }
  }

  private static MetadataException corrupt(String what) {
    return new MetadataException(ErrorCode.CORRUPT, what + REBUILD);
  }
}
