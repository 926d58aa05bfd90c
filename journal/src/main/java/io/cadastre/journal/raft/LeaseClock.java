package io.cadastre.journal.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;

/**
 * Whether this leader can be sure, without asking, that nobody else leads: a majority accepted
 * appends that were *sent* less than nine tenths of the minimum election timeout ago, and followers
 * neither stand for election nor vote ({@link VoteGuard}) before that timeout has passed since they
 * heard from the leader. Ratis 3.3.0 has a lease of its own, with two holes: it answers a read
 * without contacting anybody once the lease has lapsed on an idle leader, and a follower that
 * refuses an append because it is in a later term already renews it. So the log appenders tell us
 * which appends were accepted.
 *
 * <p>Idea: leader lease of the Raft dissertation (Ongaro, 2014), section 6.4.1. Thread-safe; a
 * check costs some nanoseconds.
 */
final class LeaseClock {
  private final long electionTimeoutMinMillis;
  private final long leaseNanos;
  private final boolean enabled;
  private final LongSupplier nanoTime;
  private volatile Followers followers = new Followers(null, new ConcurrentHashMap<>());
  private volatile long suspendedUntilNanos;

  private record Followers(LeaderState leader, Map<RaftPeerId, Follower> byId) {}

  private record Follower(FollowerInfo info, Acknowledged acknowledged) {}

  LeaseClock(long electionTimeoutMinMillis, boolean enabled) {
    this(electionTimeoutMinMillis, enabled, System::nanoTime);
  }

  LeaseClock(long electionTimeoutMinMillis, boolean enabled, LongSupplier nanoTime) {
    this.electionTimeoutMinMillis = electionTimeoutMinMillis;
    this.leaseNanos = electionTimeoutMinMillis * 900_000;
    this.enabled = enabled;
    this.nanoTime = nanoTime;
    this.suspendedUntilNanos = nanoTime.getAsLong() - 1;
  }

  /** When the newest append that a follower has accepted was sent. */
  final class Acknowledged {
    private final AtomicLong sentNanos = new AtomicLong(nanoTime.getAsLong() - leaseNanos);

    private Acknowledged() {}

    /** The follower has accepted an append that was sent no earlier than at this time. */
    void accepted(long sent) {
      sentNanos.accumulateAndGet(sent, (a, b) -> a - b >= 0 ? a : b);
    }

    private boolean isRecent(long now) {
      return now - sentNanos.get() < leaseNanos;
    }
  }

  /** The time that {@link Acknowledged#accepted} wants. */
  long nanoTime() {
    return nanoTime.getAsLong();
  }

  /** A log appender was made: under a new leader state all earlier followers are forgotten. */
  synchronized Acknowledged follow(LeaderState leader, FollowerInfo follower) {
    if (followers.leader() != leader) {
      followers = new Followers(leader, new ConcurrentHashMap<>());
    }
    Acknowledged acknowledged = new Acknowledged();
    followers.byId().put(follower.getId(), new Follower(follower, acknowledged));
    return acknowledged;
  }

  /**
   * While leadership is being handed over, a target may be elected at once: for so long the lease
   * does not count.
   */
  void suspend(long millis) {
    suspendedUntilNanos = nanoTime.getAsLong() + millis * 1_000_000;
  }

  /** Whether the lease holds right now, in a cluster with this many voting members. */
  boolean isValid(int members) {
    if (!enabled) {
      return true;
    }
    long now = nanoTime.getAsLong();
    if (now - suspendedUntilNanos < 0) {
      return false;
    }
    int needed = members / 2;
    for (Follower follower : followers.byId().values()) {
      if (needed > 0 && follower.acknowledged().isRecent(now)) {
        needed--;
      }
    }
    return needed == 0;
  }

  /**
   * How long a member must still keep out of elections at its start, in milliseconds; 0 or less:
   * not at all. It has forgotten whose appends it accepted, and a leader may rely on those until
   * its lease lapses.
   *
   * @param uptimeMillis age of this process; what it accepted in an earlier one is older
   */
  long millisToOutlive(long uptimeMillis) {
    return electionTimeoutMinMillis - uptimeMillis;
  }

  /** What the leader knows of one follower. */
  record Contact(String node, long matchIndex, long commitIndex, long lastContactMillis) {}

  List<Contact> contacts() {
    List<Contact> contacts = new ArrayList<>();
    for (Follower follower : followers.byId().values()) {
      FollowerInfo info = follower.info();
      contacts.add(
          new Contact(
              info.getId().toString(),
              info.getMatchIndex(),
              info.getCommitIndex(),
              info.getLastRpcResponseTime().elapsedTimeMs()));
    }
    return contacts;
  }
}
