package io.cadastre.journal.raft;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the Raft node needs to know.
 *
 * @param storageDirectory holds the log; the caller has checked the node's identity in its parent
 * @param members every voting member; this node's name is among them
 * @param electionTimeoutMin a follower that hears nothing for this long may stand for election; the
 *     leader's lease is nine tenths of it
 * @param segmentBytes size of a log segment
 * @param preservedEntries entries kept behind a snapshot, for followers that are a little behind
 * @param snapshotEntries take a snapshot after so many applied entries
 * @param snapshotBytes take a snapshot after so many bytes of log
 * @param snapshotInterval take a snapshot after this long, if anything was applied
 * @param fsync false only in tests: acknowledged writes can then be lost in a power cut
 * @param lease false only in tests: reads are then not linearizable
 */
public record RaftSettings(
    String clusterId,
    String nodeName,
    Path storageDirectory,
    List<Member> members,
    String bindAddress,
    Duration electionTimeoutMin,
    Duration electionTimeoutMax,
    long segmentBytes,
    long preservedEntries,
    long snapshotEntries,
    long snapshotBytes,
    Duration snapshotInterval,
    boolean fsync,
    boolean lease) {

  /** A voting member: its name is its Raft id. */
  public record Member(String name, String host, int raftPort) {
    public String raftAddress() {
      return host + ":" + raftPort;
    }
  }
}
