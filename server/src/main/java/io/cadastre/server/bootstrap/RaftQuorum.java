package io.cadastre.server.bootstrap;

import io.cadastre.journal.raft.RaftJournal;
import java.util.Comparator;
import java.util.List;

/** The others of the quorum, as the leader sees them. */
record RaftQuorum(RaftJournal journal, MasterRole role, String self) implements DiskWatch.Quorum {
  private static final long HEARD_MILLIS = 2_000;
  private static final long HANDOVER_MILLIS = 3_000;

  @Override
  public boolean leads() {
    return role.current() != null;
  }

  @Override
  public List<String> successors() {
    return journal.members().stream()
        .filter(info -> !info.member().name().equals(self))
        .filter(info -> info.matchIndex() >= 0 && info.lastContactMillis() <= HEARD_MILLIS)
        .sorted(Comparator.comparingLong(RaftJournal.MemberInfo::matchIndex).reversed())
        .map(info -> info.member().name())
        .toList();
  }

  @Override
  public void handOver(String node) {
    journal.transferLeadership(node, HANDOVER_MILLIS);
  }
}
