package io.cadastre.journal.tools;

import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.RowReader;
import io.cadastre.journal.store.StateKeys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The rows of the `state` family, for tools.
 *
 * @param appliedIndex Raft index of the last applied entry, -1 in a new store
 */
record StoredState(
    long appliedTerm,
    long appliedIndex,
    String clusterId,
    long nextInodeId,
    long formatLevel,
    long recoveryEpoch,
    long indexBase,
    long clusterMillis,
    long operationCount) {

  static StoredState of(RowReader store) {
    byte[] applied = store.get(Family.STATE, StateKeys.APPLIED);
    byte[] cluster = store.get(Family.STATE, StateKeys.CLUSTER_ID);
    ByteBuffer position = applied == null ? null : ByteBuffer.wrap(applied);
    return new StoredState(
        position == null ? 0 : position.getLong(0),
        position == null ? -1 : position.getLong(8),
        cluster == null ? "" : new String(cluster, StandardCharsets.UTF_8),
        number(store, StateKeys.NEXT_INODE_ID),
        number(store, StateKeys.FORMAT_LEVEL),
        number(store, StateKeys.RECOVERY_EPOCH),
        number(store, StateKeys.INDEX_BASE),
        number(store, StateKeys.CLUSTER_MILLIS),
        number(store, StateKeys.OPERATION_COUNT));
  }

  private static long number(RowReader store, byte[] key) {
    byte[] value = store.get(Family.STATE, key);
    return value == null ? 0 : KeyLayout.idOf(value);
  }
}
