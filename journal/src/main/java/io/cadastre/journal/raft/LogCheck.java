package io.cadastre.journal.raft;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.IoErrors;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.ApplyEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Whether a store and a log fit together, looked at before Raft starts. Ratis would drop a log that
 * ends before the store's applied index, never get on with one that starts behind it, go on with
 * one that holds another entry there, and take what a power cut leaves at the end of the log for
 * corruption ({@link TornTail}).
 */
final class LogCheck {
  static final String REBUILD =
      ". Nothing was changed. Put the missing files back, or see \"Lost disk\" in"
          + " docs/operations.md";

  private LogCheck() {}

  /**
   * Forces the end of the log to the disk, and mends it ({@link LogEnd#mend}); changes nothing
   * else.
   *
   * @param lastApplied up to which the store has applied the log
   * @throws MetadataException CORRUPT if entries are missing or damaged, or others than the store
   *     has applied
   */
  static void check(Path raftDirectory, UUID group, ApplyEngine.Applied lastApplied) {
    long applied = lastApplied.index();
    try {
      LogSegments.requireNoForeign(raftDirectory, group);
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
      force(log);
      LogEnd end = LogEnd.of(log, applied);
      if (end.index() < applied) {
        throw corrupt("The Raft log ends before what the inode store has applied")
            .with("applied", applied)
            .with("logEnd", end.index());
      }
      requireSameEntry(end, lastApplied);
      mend(end, raftDirectory);
    } catch (AccessDeniedException e) {
      throw new UncheckedIOException("The Raft log in " + raftDirectory + " cannot be read", e);
    } catch (IOException e) {
      throw new MetadataException(
              ErrorCode.CORRUPT,
              "A segment of the Raft log is damaged (" + IoErrors.text(e) + ")" + REBUILD,
              e)
          .with("directory", raftDirectory);
    }
  }

  /** What goes wrong here is no damage of the log, which is as it was: a full disk, mostly. */
  private static void mend(LogEnd end, Path raftDirectory) {
    try {
      end.mend();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The end of the Raft log in "
              + raftDirectory
              + ", as a power cut has left it, could not be cut off. It is as it was; make room, or"
              + " see to what follows, and start again",
          e);
    }
  }

  /**
   * Ratis takes what it reads back for forced. A member that was killed between a write and its
   * force would acknowledge entries that a power cut can still take away.
   */
  private static void force(LogSegments log) throws IOException {
    int count = log.segments().size();
    for (LogSegments.Segment segment : log.segments().subList(Math.max(0, count - 2), count)) {
      NodeIdentity.sync(segment.file());
    }
    NodeIdentity.sync(log.current());
  }

  /** Two entries of one index have the same term only if they are the same. */
  private static void requireSameEntry(LogEnd end, ApplyEngine.Applied applied) throws IOException {
    OptionalLong term = end.termAt(applied.index());
    if (term.isPresent() && term.getAsLong() != applied.term()) {
      throw corrupt(
              "The Raft log holds another entry than the one that the inode store has applied last:"
                  + " the two are of different masters, or of different times")
          .with("appliedIndex", applied.index())
          .with("appliedTerm", applied.term())
          .with("logTerm", term.getAsLong());
    }
  }

  static MetadataException corrupt(String what) {
    return new MetadataException(ErrorCode.CORRUPT, what + REBUILD);
  }
}
