package io.cadastre.server.bootstrap;

import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.config.ClusterMember;
import io.cadastre.core.config.ClusterMembers;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.raft.LeadershipListener;
import io.cadastre.server.namespace.LeadershipSource;
import io.cadastre.server.namespace.upkeep.LeaderTask;
import io.cadastre.server.namespace.upkeep.LeaderTasks;
import io.cadastre.server.transaction.Leadership;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this master is at the moment: opens a leadership when it has won and caught up, closes it
 * when it leads no more. Events come on the role manager's thread; the current leadership may be
 * asked for by any thread.
 */
final class MasterRole implements LeadershipListener, LeadershipSource {
  private static final Logger LOG = LoggerFactory.getLogger(MasterRole.class);

  private final ClusterMembers members;
  private volatile LongFunction<Leadership> opener;
  private volatile List<LeaderTask> tasks = List.of();
  private volatile Supplier<String> leader = () -> "";
  private volatile Leadership current;
  private final LongAdder leaderChanges = new LongAdder();
  private String lastLeader = "";
  private LeaderTasks running;

  MasterRole(ClusterMembers members) {
    this.members = members;
  }

  /**
   * Wires what needs the journal, which needs this first. Before the journal is started.
   *
   * @param knownLeader name of the member that leads by what is known now; empty if nobody does
   */
  void wire(
      LongFunction<Leadership> leadershipOpener,
      List<LeaderTask> leaderTasks,
      Supplier<String> knownLeader) {
    opener = leadershipOpener;
    tasks = List.copyOf(leaderTasks);
    leader = knownLeader;
  }

  @Override
  public void leading(long term) {
    long start = System.nanoTime();
    Leadership leadership = opener.apply(term);
    running = new LeaderTasks(leadership, tasks);
    current = leadership;
    LOG.info(
        "This master leads in term {} (write gate open after {} ms)",
        term,
        (System.nanoTime() - start) / 1_000_000);
  }

  @Override
  public void notLeading() {
    Leadership ended = current;
    current = null;
    if (running != null) {
      running.close();
      running = null;
    }
    if (ended != null) {
      ended.close();
      LOG.info("This master does not lead any more (term {})", ended.term());
    }
  }

  @Override
  public void leaderChanged(String node) {
    if (!node.equals(lastLeader)) {
      leaderChanges.increment();
      lastLeader = node;
    }
  }

  /** How often this master has seen another leader than before. */
  long leaderChanges() {
    return leaderChanges.sum();
  }

  @Override
  public Leadership require() {
    Leadership leadership = current;
    if (leadership == null) {
      MetadataException notLeader =
          new MetadataException(ErrorCode.NOT_LEADER, "This master does not lead");
      String address = leaderAddress();
      throw address.isEmpty() ? notLeader : notLeader.with(ErrorInfos.LEADER, address);
    }
    return leadership;
  }

  /** The leadership, or null. */
  Leadership current() {
    return current;
  }

  /**
   * Name of the member that leads by what is known now, which may be this one; empty if none is.
   */
  String leaderName() {
    return leader.get();
  }

  /** host:port of the leader's client port; empty if unknown. */
  String leaderAddress() {
    return members.byName(leaderName()).map(ClusterMember::rpc).map(Object::toString).orElse("");
  }
}
