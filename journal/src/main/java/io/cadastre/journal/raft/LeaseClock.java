package io.cadastre.journal.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;

/**
 * Whether this leader can be sure, without asking, that nobody else leads: a majority answered
 * appends that were *sent* less than nine tenths of the minimum election timeout ago, and followers
 * give no vote before that timeout has passed since they heard from the leader. Ratis 3.3.0 has a
 * lease of its own, but answers a read without contacting anybody once the lease has lapsed on an
 * idle leader; so we compute it from the followers' acknowledged send times, which the log
 * appenders hand us.
 *
 * <p>Idea: leader lease of the Raft dissertation (Ongaro, 2014), section 6.4.1. Thread-safe; a
 * check costs some nanoseconds.
 */
final class LeaseClock {
  private final long leaseMillis;
  private final boolean enabled;
  private volatile Followers followers = new Followers(null, new ConcurrentHashMap<>());
  private volatile long suspendedUntilNanos = System.nanoTime() - 1;

  private record Followers(LeaderState leader, Map<RaftPeerId, FollowerInfo> infos) {}

  LeaseClock(long electionTimeoutMinMillis, boolean enabled) {
    this.leaseMillis = electionTimeoutMinMillis * 9 / 10;
    this.enabled = enabled;
  }

  /** A log appender was made: under a new leader state all earlier followers are forgotten. */
  synchronized void follow(LeaderState leader, FollowerInfo follower) {
    if (followers.leader() != leader) {
      followers = new Followers(leader, new ConcurrentHashMap<>());
    }
    followers.infos().put(follower.getId(), follower);
  }

  /**
   * While leadership is being handed over, a target may be elected at once: for so long the lease
   * does not count.
   */
  void suspend(long millis) {
    suspendedUntilNanos = System.nanoTime() + millis * 1_000_000;
  }

  /** Whether the lease holds right now, in a cluster with this many voting members. */
  boolean isValid(int members) {
    if (!enabled) {
      return true;
    }
    if (System.nanoTime() - suspendedUntilNanos < 0) {
      return false;
    }
    int needed = members / 2;
    for (FollowerInfo follower : followers.infos().values()) {
      if (needed == 0) {
        break;
      }
      if (follower.getLastRespondedAppendEntriesSendTime().elapsedTimeMs() < leaseMillis) {
        needed--;
      }
    }
    return needed == 0;
  }

  /** What the leader knows of one follower. */
  record Contact(String node, long matchIndex, long commitIndex, long lastContactMillis) {}

  List<Contact> contacts() {
    List<Contact> contacts = new ArrayList<>();
    for (FollowerInfo follower : followers.infos().values()) {
      contacts.add(
          new Contact(
              follower.getId().toString(),
              follower.getMatchIndex(),
              follower.getCommitIndex(),
              follower.getLastRpcResponseTime().elapsedTimeMs()));
    }
    return contacts;
  }
}
