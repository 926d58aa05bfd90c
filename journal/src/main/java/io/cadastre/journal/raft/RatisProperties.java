package io.cadastre.journal.raft;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Every setting of Ratis that differs from its default, with the reason. */
final class RatisProperties {
  private RatisProperties() {}

  static RaftProperties of(RaftSettings settings, int raftPort) {
    RaftProperties p = new RaftProperties();
    RpcType type = new CadastreRpcType();
    RaftConfigKeys.Rpc.setType(p, type);
    RaftServerConfigKeys.setStorageDir(p, List.of(settings.storageDirectory().toFile()));

    // Elections.
    TimeDuration min = millis(settings.electionTimeoutMin().toMillis());
    TimeDuration max = millis(settings.electionTimeoutMax().toMillis());
    RaftServerConfigKeys.Rpc.setTimeoutMin(p, min);
    RaftServerConfigKeys.Rpc.setTimeoutMax(p, max);
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(p, min);
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(p, max);
    // The default of 10 s would keep a leader that lost its quorum for a moment, and has the
    // longest log, from standing.
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
        p, millis(3 * settings.electionTimeoutMax().toMillis()));
    RaftServerConfigKeys.Rpc.setSlownessTimeout(p, TimeDuration.valueOf(60, TimeUnit.SECONDS));

    // The log. Entries are packed by us, so many of them share one fsync already.
    RaftServerConfigKeys.Log.setSegmentSizeMax(p, SizeInBytes.valueOf(settings.segmentBytes()));
    RaftServerConfigKeys.Log.setPreallocatedSize(
        p, SizeInBytes.valueOf(Math.min(4L << 20, settings.segmentBytes())));
    RaftServerConfigKeys.Log.setForceSyncNum(p, 1024);
    RaftServerConfigKeys.Log.setWriteBufferSize(p, SizeInBytes.valueOf("8MB"));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(p, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(p, SizeInBytes.valueOf("64MB"));
    // Off, appends of one connection are put into the log as they arrive. On, Ratis acknowledges
    // entries that it does not have; see AppendGuard, which relies on this.
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(p, false);
    // An entry per commit advance would double the indexes used.
    RaftServerConfigKeys.Log.setLogMetadataEnabled(p, false);
    RaftServerConfigKeys.Log.setUnsafeFlushEnabled(p, !settings.fsync());
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(p, SizeInBytes.valueOf("4MB"));
    RaftServerConfigKeys.Log.Appender.setWaitTimeMin(p, millis(0));
    // Purge behind a snapshot, but never what a member still lacks (see PurgeLimit): checkpoints
    // cannot be transferred yet. Whole segments go, so there is no need for a gap on top.
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(p, false);
    RaftServerConfigKeys.Log.setPurgeGap(p, 1);
    RaftServerConfigKeys.Log.setPurgePreservationLogNum(p, settings.preservedEntries());
    RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(p, false);
    // Snapshots are triggered by entries, bytes and time, by SnapshotTrigger.
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(p, false);

    // Reads go to the store behind LeaseClock; Ratis' own lease is on all the same.
    RaftServerConfigKeys.Read.setOption(p, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    RaftServerConfigKeys.Read.setLeaderLeaseEnabled(p, settings.lease());

    // Every applied entry leaves a reply on every peer for this long. Idempotency is ours, in the
    // operations family.
    RaftServerConfigKeys.RetryCache.setExpiryTime(p, TimeDuration.valueOf(5, TimeUnit.SECONDS));

    // Network.
    GrpcConfigKeys.Server.setHost(p, settings.bindAddress());
    GrpcConfigKeys.Server.setPort(p, raftPort);
    // Whoever reaches Ratis' client or admin service could write the log. Ports other than the Raft
    // port take them off it; UnreachableServices sees to it that nothing listens on these.
    int noPort = raftPort == 1 ? 2 : 1;
    GrpcConfigKeys.Client.setPort(p, noPort);
    GrpcConfigKeys.Admin.setPort(p, noPort);
    GrpcConfigKeys.setMessageSizeMax(p, SizeInBytes.valueOf("64MB"));
    GrpcConfigKeys.Server.setHeartbeatChannel(p, true);
    return p;
  }

  private static TimeDuration millis(long value) {
    return TimeDuration.valueOf(value, TimeUnit.MILLISECONDS);
  }
}
