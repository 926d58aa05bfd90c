package io.cadastre.journal.raft;

import java.util.Collection;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.server.raftlog.RaftLog;

/**
 * How far the log may be purged while members cannot fetch a checkpoint from each other: up to, but
 * not including, the newest entry that every configured member has reported as committed. So every
 * member has the first entry of everybody's log, and a leader can always name to it an entry that
 * both have. A member that was not heard of counts as having nothing. (Ratis leaves such a member
 * out of its own minimum, and purges the last common entry too.)
 */
final class PurgeLimit {
  private PurgeLimit() {}

  /**
   * The highest index that may be purged.
   *
   * @param members names of all members
   * @param applied applied index of this one
   * @return -1 if nothing may be purged
   */
  static long of(List<String> members, long applied, Collection<CommitInfoProto> reported) {
    long limit = applied;
    for (String member : members) {
      limit = Math.min(limit, commitOf(member, reported));
    }
    return Math.max(limit - 1, RaftLog.INVALID_LOG_INDEX);
  }

  /** What a member has reported as committed; -1 if nothing was heard of it. */
  static long commitOf(String member, Collection<CommitInfoProto> reported) {
    long commit = RaftLog.INVALID_LOG_INDEX;
    for (CommitInfoProto info : reported) {
      if (info.getServer().getId().toStringUtf8().equals(member)) {
        commit = Math.max(commit, info.getCommitIndex());
      }
    }
    return commit;
  }
}
