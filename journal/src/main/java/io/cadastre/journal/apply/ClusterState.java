package io.cadastre.journal.apply;

import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowReader;
import io.cadastre.journal.store.StateKeys;
import io.cadastre.journal.store.StoreBatch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The rows of the `state` family in memory: the applier's own copy, written back with each batch.
 * Used by the apply thread; others see it through {@link AppliedView}.
 */
final class ClusterState {
  long appliedTerm;
  long appliedIndex;
  long nextInodeId;
  String clusterId;
  long formatLevel;
  long recoveryEpoch;
  long indexBase;
  long clusterMillis;
  long operationCount;
  long invalidatedIndex;

  /** What the store says; a new store says term 0, index -1. */
  static ClusterState load(RowReader store) {
    ClusterState state = new ClusterState();
    byte[] applied = store.get(Family.STATE, StateKeys.APPLIED);
    if (applied == null) {
      state.appliedIndex = -1;
    } else {
      ByteBuffer in = ByteBuffer.wrap(applied);
      state.appliedTerm = in.getLong();
      state.appliedIndex = in.getLong();
    }
    byte[] cluster = store.get(Family.STATE, StateKeys.CLUSTER_ID);
    state.clusterId = cluster == null ? "" : new String(cluster, StandardCharsets.UTF_8);
    state.nextInodeId = number(store, StateKeys.NEXT_INODE_ID);
    state.formatLevel = number(store, StateKeys.FORMAT_LEVEL);
    state.recoveryEpoch = number(store, StateKeys.RECOVERY_EPOCH);
    state.indexBase = number(store, StateKeys.INDEX_BASE);
    state.clusterMillis = number(store, StateKeys.CLUSTER_MILLIS);
    state.operationCount = number(store, StateKeys.OPERATION_COUNT);
    state.invalidatedIndex = number(store, StateKeys.INVALIDATED_INDEX);
    return state;
  }

  private static long number(RowReader store, byte[] key) {
    byte[] value = store.get(Family.STATE, key);
    return value == null ? 0 : KeyLayout.idOf(value);
  }

  /** Puts everything into the batch. */
  void save(StoreBatch batch) {
    batch.put(
        Family.STATE,
        StateKeys.APPLIED,
        ByteBuffer.allocate(16).putLong(appliedTerm).putLong(appliedIndex).array());
    batch.put(Family.STATE, StateKeys.NEXT_INODE_ID, KeyLayout.id(nextInodeId));
    batch.put(Family.STATE, StateKeys.CLUSTER_MILLIS, KeyLayout.id(clusterMillis));
    batch.put(Family.STATE, StateKeys.OPERATION_COUNT, KeyLayout.id(operationCount));
    if (invalidatedIndex > 0) {
      batch.put(Family.STATE, StateKeys.INVALIDATED_INDEX, KeyLayout.id(invalidatedIndex));
    }
    batch.put(Family.STATE, StateKeys.FORMAT_LEVEL, KeyLayout.id(formatLevel));
    batch.put(Family.STATE, StateKeys.RECOVERY_EPOCH, KeyLayout.id(recoveryEpoch));
    batch.put(Family.STATE, StateKeys.INDEX_BASE, KeyLayout.id(indexBase));
    batch.put(Family.STATE, StateKeys.CLUSTER_ID, clusterId.getBytes(StandardCharsets.UTF_8));
  }

  long stateIndex() {
    return indexBase + Math.max(0, appliedIndex);
  }
}
