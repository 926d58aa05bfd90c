package io.cadastre.client;

import io.cadastre.core.api.proto.NodeInfo;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BooleanSupplier;

/**
 * Knows the leader, or finds it: asks all masters at once, each again after a pause for as long as
 * nobody leads, so that a frozen master delays nobody. What a master says of another one is only a
 * reason to ask that one first. For the I/O thread.
 *
 * <p>Of several that say that they lead, the highest term wins. One with a lower term than a leader
 * seen before is believed only when every master was heard or had its time.
 */
final class LeaderFinder {
  static final String LEADER_ROLE = "LEADER";

  /** A mute master's time doubles this often, so that a slow connection is not cut for ever. */
  private static final int MAX_DOUBLINGS = 2;

  /**
   * The pause before a master is asked again that cannot be reached doubles this often: many
   * clients may wait for a cluster that is starting, and take the processors that it needs.
   */
  private static final int MAX_PAUSE_DOUBLINGS = 2;

  /** Told on the I/O thread. */
  interface Listener {
    /**
     * @param previous the leader before; null if none was known. May be the same master.
     */
    void onLeader(Leader leader, Leader previous);

    /** A master did not answer in time; its connection is replaced unless calls are on it. */
    boolean mayReconnect(MasterChannel master);
  }

  /** One search, from the first question to the first good answer. */
  private static final class Search {
    private final Set<MasterChannel> heard = new HashSet<>();
    private Leader lowerTerm;
  }

  private final Masters masters;
  private final ClientSettings settings;
  private final IoLoop loop;
  private final Listener listener;
  private final BooleanSupplier wanted;
  private final Set<MasterChannel> asked = new HashSet<>();
  private final Map<MasterChannel, Integer> timesMute = new HashMap<>();
  private final Map<MasterChannel, Integer> timesUnreachable = new HashMap<>();
  private final Map<String, String> lastWords = new ConcurrentSkipListMap<>();
  private Leader current;
  private Leader doubted;
  private long highestTerm;
  private Search search;

  /**
   * @param wanted whether anybody still waits for a leader; a search ends when nobody does
   */
  LeaderFinder(
      Masters masters,
      ClientSettings settings,
      IoLoop loop,
      Listener listener,
      BooleanSupplier wanted) {
    this.masters = masters;
    this.settings = settings;
    this.loop = loop;
    this.listener = listener;
    this.wanted = wanted;
  }

  /** The leader; null while none is known. */
  Leader current() {
    return current;
  }

  /** What each master said or failed with last, for the user who waits in vain. From any thread. */
  String lastWords() {
    return lastWords.toString();
  }

  /** Searches until found or not wanted any more; does nothing if a search is under way. */
  void search() {
    if (search == null) {
      search = new Search();
      masters.all().forEach(this::ask);
    }
  }

  /**
   * A master turned out not to lead, or its stream broke.
   *
   * @param hint host:port of the leader as that master sees it; empty if it does not know
   */
  void lost(MasterChannel master, String hint) {
    masters.learn(hint).filter(hinted -> !hinted.equals(master)).ifPresent(this::ask);
    if (current != null && current.master().equals(master)) {
      current = null;
      doubted = null;
      search = null;
      // Who waits while this one was in doubt has no call that would come back and ask.
      if (wanted.getAsBoolean()) {
        search();
      }
    }
  }

  /**
   * The leader is silent while calls wait: asks all masters, itself too, whether it is replaced.
   * Ends when it says that it leads, or another one does in a higher term.
   */
  void doubt() {
    if (current != null && doubted == null) {
      doubted = current;
      search = null;
      search();
    }
  }

  private void ask(MasterChannel master) {
    if (asked.add(master)) {
      int doublings = Math.min(timesMute.getOrDefault(master, 0), MAX_DOUBLINGS);
      master.askNodeInfo(
          settings.probeTimeout().multipliedBy(1L << doublings),
          (info, failure) -> answered(master, info, failure));
    }
  }

  private void answered(MasterChannel master, NodeInfo info, MetadataException failure) {
    asked.remove(master);
    if (info == null) {
      failed(master, failure);
    } else {
      lastWords.put(master.address(), info.getRole() + " in term " + info.getTerm());
      heardFrom(master, info);
    }
    if (search != null) {
      search.heard.add(master);
      believeLowerTermIfAllWereHeard();
    }
    Search running = search;
    if (running != null) {
      loop.schedule(() -> askAgain(master, running), pauseNanos(master));
    }
  }

  private long pauseNanos(MasterChannel master) {
    int failures = timesUnreachable.getOrDefault(master, 0);
    return settings.probePause().toNanos()
        << Math.min(Math.max(failures - 1, 0), MAX_PAUSE_DOUBLINGS);
  }

  private void failed(MasterChannel master, MetadataException failure) {
    lastWords.put(master.address(), failure.code() + ": " + failure.getMessage());
    if (failure.code() != ErrorCode.DEADLINE_EXCEEDED) {
      timesMute.remove(master);
      timesUnreachable.merge(master, 1, Integer::sum);
      return;
    }
    timesMute.merge(master, 1, Integer::sum);
    if (listener.mayReconnect(master)) {
      master.reconnect();
    }
  }

  private void heardFrom(MasterChannel master, NodeInfo info) {
    timesMute.remove(master);
    timesUnreachable.remove(master);
    if (!info.getRole().equals(LEADER_ROLE)) {
      if (search != null) {
        masters.learn(info.getLeader()).filter(m -> !search.heard.contains(m)).ifPresent(this::ask);
      }
      return;
    }
    Leader leader = new Leader(master, info.getTerm());
    if (current != null) {
      if (current.master().equals(master) || leader.term() > current.term()) {
        accept(leader);
      }
    } else if (leader.term() >= highestTerm) {
      accept(leader);
    } else if (search != null
        && (search.lowerTerm == null || search.lowerTerm.term() < leader.term())) {
      search.lowerTerm = leader;
    }
  }

  /** A cluster that was set up anew starts with low terms again. */
  private void believeLowerTermIfAllWereHeard() {
    if (search.lowerTerm != null && search.heard.containsAll(masters.all())) {
      accept(search.lowerTerm);
    }
  }

  private void accept(Leader leader) {
    Leader previous = current;
    current = leader;
    highestTerm = leader.term();
    doubted = null;
    search = null;
    listener.onLeader(leader, previous);
  }

  private void askAgain(MasterChannel master, Search running) {
    if (search != running) {
      return;
    }
    if (wanted.getAsBoolean()) {
      ask(master);
    } else {
      search = null;
      doubted = null;
    }
  }
}
