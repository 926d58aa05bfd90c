package io.cadastre.journal.tools;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.raft.LogEnd;
import io.cadastre.journal.raft.LogSegments;
import io.cadastre.journal.record.EntryCodec;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.proto.JournalEntry;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Reads a whole log: checksums, continuous indexes, terms that never go back, entries that parse.
 */
final class LogVerify {
  private final Findings findings;
  // First index of each term.
  private final TreeMap<Long, Long> terms = new TreeMap<>();
  private long start = -1;
  private long end = -1;
  private long lastTerm;
  private long fenced;
  private OptionalLong kept = OptionalLong.empty();
  private boolean whole = true;

  LogVerify(Findings findings) {
    this.findings = findings;
  }

  long start() {
    return start;
  }

  /** Last index that could be read, -1 if there is none. */
  long end() {
    return end;
  }

  /**
   * @param applied Raft index up to which the store has applied the log, -1 for a new store;
   *     Long.MAX_VALUE if nobody knows
   * @param joined whether the master has started before
   */
  void verify(LogSegments log, long applied, boolean joined) {
    start = log.start();
    kept = keptEnd(log, applied);
    for (LogSegments.Segment segment : log.segments()) {
      if (end >= 0 && segment.start() != end + 1) {
        damaged(
            "The log has a gap or an overlap: "
                + segment.file().getFileName()
                + " follows index "
                + end);
      }
      read(segment);
      if (!whole) {
        break;
      }
    }
    if (whole && isCutHere()) {
      warnOfCut();
    }
    verifyVote(log, joined);
    findings.figure("log segments", log.segments().size());
    findings.figure("log start", start);
    findings.figure("log end", end);
    findings.figure("log terms", terms.size());
    findings.figure("fenced entries", fenced);
  }

  /** Where the next start would cut the log: that is no damage. Empty if it would not. */
  private static OptionalLong keptEnd(LogSegments log, long applied) {
    try {
      return LogEnd.mendedAt(log, applied);
    } catch (IOException | MetadataException e) {
      // What is wrong is found, and named, when all of it is read.
      return OptionalLong.empty();
    }
  }

  private void read(LogSegments.Segment segment) {
    try {
      LogSegments.read(segment, this::verify);
    } catch (IOException e) {
      if (isCutHere()) {
        return;
      }
      damaged(
          "Segment "
              + segment.file().getFileName()
              + " is damaged behind index "
              + end
              + " ("
              + e.getMessage()
              + ")");
      return;
    }
    if (!segment.isOpen() && end != segment.end()) {
      if (isCutHere()) {
        return;
      }
      damaged("Segment " + segment.file().getFileName() + " ends at index " + end);
    }
  }

  private boolean isCutHere() {
    return kept.isPresent() && kept.getAsLong() == end;
  }

  private void warnOfCut() {
    findings.warning(
        "The log ends within an entry behind index " + end + ", as a power cut or a kill leaves it",
        "the next start cuts that off; nobody was told of it");
  }

  private void damaged(String what) {
    whole = false;
    findings.error(what, JournalVerify.REBUILD);
  }

  private void verify(LogSegments.Entry entry) {
    if (end >= 0 && entry.index() != end + 1) {
      damaged("Entry " + entry.index() + " follows entry " + end);
    }
    if (entry.term() < lastTerm) {
      damaged("Entry " + entry.index() + " goes back from term " + lastTerm);
    }
    end = entry.index();
    lastTerm = entry.term();
    terms.putIfAbsent(entry.term(), entry.index());
    if (entry.kind() == LogSegments.Kind.RECORDS) {
      verifyRecords(entry);
    }
  }

  private void verifyRecords(LogSegments.Entry entry) {
    try {
      JournalEntry parsed = EntryCodec.decode(entry.data());
      if (parsed.getFormat() > FormatVersion.ENTRY) {
        findings.error(
            "Entry " + entry.index() + " has the newer format " + parsed.getFormat(),
            "use the version that wrote it");
      }
      if (parsed.getPlannedTerm() != entry.term()) {
        fenced++;
      }
    } catch (InvalidProtocolBufferException e) {
      damaged("Entry " + entry.index() + " does not parse (" + e.getMessage() + ")");
    }
  }

  private void verifyVote(LogSegments log, boolean joined) {
    try {
      long voted = log.votedTerm();
      if (joined && voted < 0 && end < 0) {
        damaged("This master has been part of the cluster, but its Raft log is gone");
      } else if (voted < 0 && end >= 0) {
        damaged("The file raft-meta, which holds this member's vote, is missing");
      } else if (voted >= 0 && voted < lastTerm) {
        damaged("The member's term " + voted + " is older than its log's " + lastTerm);
      }
    } catch (IOException e) {
      damaged("The member's vote cannot be read (" + e.getMessage() + ")");
    }
  }

  /** Whether the log holds what the store lacks, and the entry that the store has applied last. */
  void verifyApplied(long appliedTerm, long appliedIndex) {
    findings.figure("applied", appliedTerm + ":" + appliedIndex);
    if (start > appliedIndex + 1) {
      damaged("The store has applied up to " + appliedIndex + ", but the log starts at " + start);
    }
    if (whole && end < appliedIndex) {
      damaged("The store has applied up to " + appliedIndex + ", but the log ends at " + end);
    }
    if (whole && appliedIndex >= start && appliedIndex <= end && start >= 0) {
      long term = termAt(appliedIndex);
      if (term != appliedTerm) {
        damaged(
            "The store has applied "
                + appliedTerm
                + ":"
                + appliedIndex
                + ", but the log has term "
                + term
                + " there");
      }
    }
  }

  private long termAt(long index) {
    long term = 0;
    for (var entry : terms.entrySet()) {
      if (entry.getValue() <= index) {
        term = entry.getKey();
      }
    }
    return term;
  }
}
