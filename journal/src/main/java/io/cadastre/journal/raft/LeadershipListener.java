package io.cadastre.journal.raft;

/** Told of this node's role, on one thread of the role manager, never under Ratis' locks. */
public interface LeadershipListener {
  /**
   * This node leads in this term and has applied everything that was ever acknowledged. Every call
   * is followed by a {@link #notLeading()} before the next one.
   */
  void leading(long term);

  /** This node does not lead any more. */
  void notLeading();

  /** This node has learnt who leads; it may be itself. Nobody is told that a leader was lost. */
  void leaderChanged(String node);
}
