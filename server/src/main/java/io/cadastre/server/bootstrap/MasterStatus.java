package io.cadastre.server.bootstrap;

import io.cadastre.core.api.proto.NodeInfo;
import io.cadastre.core.api.proto.QuorumInfo;
import io.cadastre.core.api.proto.QuorumMember;
import io.cadastre.core.api.proto.Report;
import io.cadastre.core.api.proto.ReportLine;
import io.cadastre.core.config.ClusterMember;
import io.cadastre.core.config.ClusterMembers;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.raft.RaftJournal;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.server.http.Health;
import io.cadastre.server.http.HealthSource;
import io.cadastre.server.lock.LockSnapshot;
import io.cadastre.server.rpc.NodeStatus;
import io.cadastre.server.transaction.Leadership;
import java.util.ArrayList;
import java.util.List;

/** What this master tells about itself, over gRPC and HTTP. From memory; thread-safe. */
final class MasterStatus implements NodeStatus, HealthSource {
  private static final int MOST_INTENTS = 10;

  private final String clusterId;
  private final String node;
  private final ClusterMembers members;
  private final RaftJournal journal;
  private final MasterRole role;
  private final DiskWatch disk;
  private final List<String> warnings;
  private final long startedMillis = System.currentTimeMillis();

  MasterStatus(
      String clusterId,
      String node,
      ClusterMembers members,
      RaftJournal journal,
      MasterRole role,
      DiskWatch disk,
      List<String> warnings) {
    this.clusterId = clusterId;
    this.node = node;
    this.members = members;
    this.journal = journal;
    this.role = role;
    this.disk = disk;
    this.warnings = List.copyOf(warnings);
  }

  /** This master's name. */
  String node() {
    return node;
  }

  /** What an operator should know. */
  List<String> warnings() {
    if (!disk.isLow()) {
      return warnings;
    }
    List<String> all = new ArrayList<>(warnings);
    all.add(disk.reason() + "; writes are refused here");
    return all;
  }

  private String roleName() {
    if (role.current() != null) {
      return "LEADER";
    }
    String raft = journal.raftRole();
    return raft.equals("LEADER") ? "LEADER_STARTING" : raft;
  }

  @Override
  public NodeInfo info() {
    boolean leads = role.current() != null;
    return NodeInfo.newBuilder()
        .setClusterId(clusterId)
        .setNode(node)
        .setRole(roleName())
        .setTerm(journal.currentTerm())
        .setAppliedIndex(stateIndex())
        .setLeader(leads ? ownAddress() : role.leaderAddress())
        .setLeaderNode(leads ? node : role.leaderName())
        .setVersion(Version.TEXT)
        .setStartedMillis(startedMillis)
        .setSnapshotIndex(Math.max(0, journal.snapshotIndex()))
        .setPid(ProcessHandle.current().pid())
        .setFormatLevel(FormatVersion.LEVEL)
        .build();
  }

  private String ownAddress() {
    return members.byName(node).map(ClusterMember::rpc).map(Object::toString).orElse("");
  }

  private long stateIndex() {
    try (AppliedView view = journal.view()) {
      return view.stateIndex();
    }
  }

  @Override
  public QuorumInfo quorum() {
    QuorumInfo.Builder quorum =
        QuorumInfo.newBuilder()
            .setClusterId(clusterId)
            .setTerm(journal.currentTerm())
            .setLeader(role.current() != null ? node : role.leaderName());
    for (RaftJournal.MemberInfo info : journal.members()) {
      String name = info.member().name();
      String memberRole =
          name.equals(node) ? roleName() : name.equals(role.leaderName()) ? "LEADER" : "FOLLOWER";
      quorum.addMembers(
          QuorumMember.newBuilder()
              .setNode(name)
              .setRaftAddress(info.member().raftAddress())
              .setClientAddress(
                  members.byName(name).map(ClusterMember::rpc).map(Object::toString).orElse(""))
              .setRole(memberRole)
              .setCommitIndex(Math.max(0, info.commitIndex()))
              .setMatchIndex(Math.max(0, info.matchIndex()))
              .setLastContactMillis(info.lastContactMillis()));
    }
    return quorum.build();
  }

  @Override
  public Report report() {
    Report.Builder report = Report.newBuilder();
    add(report, "master", "name", node);
    add(report, "master", "version", Version.TEXT);
    add(report, "master", "role", roleName());
    add(report, "master", "term", journal.currentTerm());
    add(report, "master", "leader", role.current() != null ? node : role.leaderName());
    add(report, "cluster", "id", clusterId);
    try (AppliedView view = journal.view()) {
      add(report, "cluster", "state index", view.stateIndex());
      add(report, "cluster", "format level", view.formatLevel());
      add(report, "cluster", "format level that this master reads", FormatVersion.LEVEL);
      add(report, "cluster", "mounts", view.mounts().all().size());
      add(report, "cluster", "policies", view.policies().all().size());
      add(report, "cluster", "next inode id", view.nextInodeId());
      add(report, "cluster", "stored answers", view.operationCount());
    }
    add(report, "journal", "applied index", journal.appliedRaftIndex());
    add(report, "journal", "snapshot index", journal.snapshotIndex());
    add(report, "journal", "log starts at", journal.logStartIndex());
    logHolder(report);
    Leadership leadership = role.current();
    if (leadership != null) {
      LockSnapshot locks = leadership.locks().snapshot(5);
      add(report, "locks", "held", locks.locks());
      add(report, "locks", "waiting", locks.waiting());
      add(report, "stores", "changes in progress", leadership.intents().open());
      leadership.intents().unsettled().stream()
          .limit(MOST_INTENTS)
          .forEach(
              unsettled ->
                  add(
                      report,
                      "stores",
                      "unsettled change",
                      unsettled.intent().getKind()
                          + " "
                          + unsettled.intent().getPathsList()
                          + ": "
                          + unsettled.reason()));
      add(report, "calls", "mutations in progress", leadership.inProgress());
    }
    add(report, "disk", "free bytes", disk.free());
    add(report, "disk", "minimum", disk.min());
    warnings().forEach(warning -> add(report, "warnings", "warning", warning));
    return report.build();
  }

  /** The log is purged only up to what every member has: name the one that holds it. */
  private void logHolder(Report.Builder report) {
    List<RaftJournal.MemberInfo> infos = new ArrayList<>(journal.members());
    infos.stream()
        .min(java.util.Comparator.comparingLong(RaftJournal.MemberInfo::commitIndex))
        .ifPresent(
            slowest ->
                add(
                    report,
                    "journal",
                    "log held by",
                    slowest.member().name()
                        + (slowest.commitIndex() < 0
                            ? " (never heard of)"
                            : " (has " + slowest.commitIndex() + ")")));
  }

  private static void add(Report.Builder report, String section, String key, Object value) {
    report.addLines(
        ReportLine.newBuilder().setSection(section).setKey(key).setValue(String.valueOf(value)));
  }

  /** Whether it follows another master that leads. */
  private boolean follows() {
    String leader = role.leaderName();
    return journal.raftRole().equals("FOLLOWER") && !leader.isEmpty() && !leader.equals(node);
  }

  @Override
  public Health health() {
    boolean leads = role.current() != null;
    return new Health(
        node,
        clusterId,
        Version.TEXT,
        true,
        leads || follows(),
        leads,
        roleName(),
        journal.currentTerm(),
        stateIndex(),
        leads ? ownAddress() : role.leaderAddress(),
        warnings());
  }
}
