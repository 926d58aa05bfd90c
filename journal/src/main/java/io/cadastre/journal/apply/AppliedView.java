package io.cadastre.journal.apply;

import io.cadastre.core.mount.MountTable;
import io.cadastre.core.mount.PolicyTable;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.journal.store.RowReader;
import io.cadastre.journal.store.StoreView;

/**
 * The namespace at one state index: rows, mount table, policies and counters of that moment.
 * Thread-safe; whoever got one closes it once.
 */
public final class AppliedView implements RowReader, AutoCloseable {
  private final StoreView rows;
  private final long stateIndex;
  private final long term;
  private final long clusterMillis;
  private final MountTable mounts;
  private final PolicyTable policies;
  private final String clusterId;
  private final long recoveryEpoch;
  private final long nextInodeId;
  private final long operationCount;
  private final long invalidatedIndex;
  private final long formatLevel;
  private final AnswerWindows answers;

  AppliedView(
      StoreView rows,
      ClusterState state,
      MountTable mounts,
      PolicyTable policies,
      AnswerWindows answers) {
    this.rows = rows;
    this.stateIndex = state.stateIndex();
    this.term = state.appliedTerm;
    this.clusterMillis = state.clusterMillis;
    this.mounts = mounts;
    this.policies = policies;
    this.clusterId = state.clusterId;
    this.recoveryEpoch = state.recoveryEpoch;
    this.nextInodeId = state.nextInodeId;
    this.operationCount = state.operationCount;
    this.invalidatedIndex = state.invalidatedIndex;
    this.formatLevel = state.formatLevel;
    this.answers = answers;
  }

  /** Takes another hold; false if the view is gone. */
  public boolean retain() {
    return rows.retain();
  }

  @Override
  public byte[] get(Family family, byte[] key) {
    return rows.get(family, key);
  }

  @Override
  public RowCursor scan(Family family, byte[] from, byte[] to) {
    return rows.scan(family, from, to);
  }

  @Override
  public byte[] firstKey(Family family, byte[] from, byte[] to) {
    return rows.firstKey(family, from, to);
  }

  public long stateIndex() {
    return stateIndex;
  }

  /** Term of the last applied entry. */
  public long term() {
    return term;
  }

  /** Cluster time of the last applied entry, UTC milliseconds. */
  public long clusterMillis() {
    return clusterMillis;
  }

  /** The newest state index that a directory was invalidated at; 0 if none ever was. */
  public long invalidatedIndex() {
    return invalidatedIndex;
  }

  public MountTable mounts() {
    return mounts;
  }

  public PolicyTable policies() {
    return policies;
  }

  /** Empty before the cluster's first record. */
  public String clusterId() {
    return clusterId;
  }

  public long recoveryEpoch() {
    return recoveryEpoch;
  }

  /** The next inode id to hand out. */
  public long nextInodeId() {
    return nextInodeId;
  }

  /** Stored answers of operations. */
  public long operationCount() {
    return operationCount;
  }

  /**
   * Which operation ids need no look into this view. It may be ahead of the view, but only by
   * operations that are in flight.
   */
  public AnswerWindows answers() {
    return answers;
  }

  public long formatLevel() {
    return formatLevel;
  }

  @Override
  public void close() {
    rows.close();
  }
}
