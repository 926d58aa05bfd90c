package io.cadastre.server.model;

/**
 * What is done to the cluster beside the operations.
 *
 * @param member which one, 0 to 2; counted from the leader where the kind says so
 */
record Fault(Kind kind, int member) {
  enum Kind {
    /** Leadership is handed to a member. */
    TRANSFER,
    /** The leader gives up. */
    STEP_DOWN,
    /** The leader is cut off, closed, and started again from its disk some operations later. */
    KILL_LEADER,
    /** A follower likewise. */
    KILL_FOLLOWER,
    /** Who is down is started. */
    RESTART,
    /** All are cut off and started. */
    KILL_ALL,
    /** A member takes a snapshot and purges its log. */
    SNAPSHOT,
    /** An entry that was planned in an earlier term gets into the log now. */
    LATE_ENTRY
  }
}
