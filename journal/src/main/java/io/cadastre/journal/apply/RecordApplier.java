package io.cadastre.journal.apply;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.mount.MountTable;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.record.FormatVersion;
import io.cadastre.journal.record.proto.CloseIntent;
import io.cadastre.journal.record.proto.CreateInode;
import io.cadastre.journal.record.proto.CreateInodes;
import io.cadastre.journal.record.proto.DeleteInode;
import io.cadastre.journal.record.proto.DetachSubtree;
import io.cadastre.journal.record.proto.ExpireOperations;
import io.cadastre.journal.record.proto.InitCluster;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.journal.record.proto.OperationAnswer;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.journal.record.proto.PolicyMove;
import io.cadastre.journal.record.proto.PutMount;
import io.cadastre.journal.record.proto.PutPolicy;
import io.cadastre.journal.record.proto.PutSyncMark;
import io.cadastre.journal.record.proto.PutTask;
import io.cadastre.journal.record.proto.ReclaimDetached;
import io.cadastre.journal.record.proto.RenameInode;
import io.cadastre.journal.record.proto.UpdateInode;
import io.cadastre.journal.store.DirectoryRow;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import io.cadastre.journal.store.StateKeys;
import io.cadastre.journal.store.StoreBatch;
import io.cadastre.journal.store.SyncRow;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Turns records into rows; the only writer of the store, the same on every replica. Deterministic:
 * no clock, no randomness, no business rule, no I/O but the store. What a record presupposes is
 * asserted, and a record that does not fit stops the replica ({@link ApplyException}).
 *
 * <p>What entries do to the directory above them (child count, times) is summed up per directory
 * and written once a batch, or before a record that moves or replaces that directory's own row.
 * Used by the apply thread.
 */
final class RecordApplier {
  private final StoreBatch batch;
  private final ClusterState state;
  private final AnswerWindows answers;
  private final Map<Long, DirectoryDelta> deltas = new HashMap<>();
  private AppliedChanges changes = new AppliedChanges();
  private MountTable mounts;
  private long stateIndex;
  private boolean mayCheckState;

  /**
   * @param mounts the table as stored
   */
  RecordApplier(StoreBatch batch, ClusterState state, AnswerWindows answers, MountTable mounts) {
    this.batch = batch;
    this.state = state;
    this.answers = answers;
    this.mounts = mounts;
  }

  /** What is pending for one directory. Its way up is settled before anything changes it. */
  private static final class DirectoryDelta {
    final DirectoryRow directory;
    long childCount;
    long millis;
    long stateIndex;
    long removalIndex;

    DirectoryDelta(DirectoryRow directory) {
      this.directory = directory;
    }
  }

  /**
   * Applies one operation at the state index that `state` has moved to.
   *
   * @param checksState whether its entry may hold a CheckState record
   */
  void apply(PlannedOperation operation, boolean checksState) {
    stateIndex = state.stateIndex();
    mayCheckState = checksState;
    if (operation.hasAnswer()) {
      putAnswer(operation.getAnswer());
    }
    for (JournalRecord record : operation.getRecordsList()) {
      apply(record);
    }
  }

  /** The mount table with everything applied so far. */
  MountTable mounts() {
    return mounts;
  }

  /** Writes pending sums into the batch and hands out what has changed since the last call. */
  AppliedChanges finish() {
    deltas.forEach(this::writeDelta);
    deltas.clear();
    AppliedChanges done = changes;
    changes = new AppliedChanges();
    return done;
  }

  private void apply(JournalRecord record) {
    switch (record.getKindCase()) {
      case INIT_CLUSTER -> initCluster(record.getInitCluster());
      case CREATE_INODE -> create(record.getCreateInode());
      case CREATE_INODES -> createAll(record.getCreateInodes());
      case UPDATE_INODE -> update(record.getUpdateInode());
      case DELETE_INODE -> delete(record.getDeleteInode());
      case RENAME_INODE -> rename(record.getRenameInode());
      case DETACH_SUBTREE -> detach(record.getDetachSubtree());
      case RECLAIM_DETACHED -> reclaim(record.getReclaimDetached());
      case PUT_MOUNT -> {
        PutMount mount = record.getPutMount();
        // Refuses a path that is none and a second mount at one path before anything is written.
        mounts = mounts.with(Tables.mount(mount));
        batch.put(Family.MOUNTS, KeyLayout.id(mount.getMountId()), mount.toByteArray());
        changes.mountsChanged();
      }
      case REMOVE_MOUNT -> {
        long mountId = record.getRemoveMount().getMountId();
        byte[] key = KeyLayout.id(mountId);
        require(batch.get(Family.MOUNTS, key) != null, "RemoveMount of an unknown mount");
        mounts = mounts.without(mountId);
        batch.delete(Family.MOUNTS, key);
        changes.mountsChanged();
      }
      case PUT_POLICY -> {
        PutPolicy policy = record.getPutPolicy();
        batch.put(Family.POLICIES, policyKey(policy.getPath()), policy.toByteArray());
        changes.policiesChanged();
      }
      case REMOVE_POLICY -> {
        batch.delete(Family.POLICIES, KeyLayout.policy(record.getRemovePolicy().getPath()));
        changes.policiesChanged();
      }
      case PUT_SYNC_MARK -> mark(record.getPutSyncMark());
      case OPEN_INTENT -> {
        OpenIntent intent = record.getOpenIntent();
        byte[] key = KeyLayout.operation(intent.getClient(), intent.getSequence());
        require(batch.get(Family.INTENTS, key) == null, "OpenIntent of an open intent");
        batch.put(Family.INTENTS, key, intent.toByteArray());
      }
      case CLOSE_INTENT -> {
        CloseIntent intent = record.getCloseIntent();
        byte[] key = KeyLayout.operation(intent.getClient(), intent.getSequence());
        require(batch.get(Family.INTENTS, key) != null, "CloseIntent of an unknown intent");
        batch.delete(Family.INTENTS, key);
      }
      case EXPIRE_OPERATIONS -> expire(record.getExpireOperations());
      case CHECK_STATE -> {
        require(mayCheckState, "CheckState in an entry that is not marked so");
        changes.checkState(stateIndex);
      }
      case STATE_VERDICT -> {
        batch.put(Family.STATE, StateKeys.VERDICT, record.getStateVerdict().toByteArray());
        changes.verdict(record.getStateVerdict());
      }
      case SET_FORMAT_LEVEL -> {
        int level = record.getSetFormatLevel().getLevel();
        require(
            level <= FormatVersion.LEVEL, "the cluster's format level is too new for this version");
        state.formatLevel = Math.max(state.formatLevel, level);
      }
      case RESERVE_INODE_IDS ->
          state.nextInodeId = Math.max(state.nextInodeId, record.getReserveInodeIds().getNext());
      case PUT_TASK -> putTask(record.getPutTask());
      case REMOVE_TASK -> {
        byte[] key = KeyLayout.id(record.getRemoveTask().getTaskId());
        require(batch.get(Family.TASKS, key) != null, "RemoveTask of an unknown task");
        batch.delete(Family.TASKS, key);
        changes.tasksChanged();
      }
      case KIND_NOT_SET ->
          throw new ApplyException(
              "The journal holds a record of a kind that this version does not know. Start this"
                  + " master with the version that the leader runs");
    }
  }

  private void initCluster(InitCluster init) {
    state.indexBase = init.getIndexBase();
    stateIndex = state.stateIndex();
    byte[] key = KeyLayout.child(InodeRow.ROOT_PARENT_ID, new byte[0]);
    require(batch.get(Family.CHILDREN, key) == null, "InitCluster of a cluster that has a root");
    require(
        init.getFormatLevel() <= FormatVersion.LEVEL,
        "the cluster's format level is too new for this version");
    byte[] row = InodeRow.check(init.getRootRow().toByteArray());
    require(
        InodeRow.id(row) == InodeRow.ROOT_ID && InodeRow.isDirectory(row),
        "InitCluster with a root that is none");
    InodeRow.setChangeIndex(row, stateIndex);
    batch.put(Family.CHILDREN, key, row);
    batch.put(
        Family.DIRECTORIES,
        KeyLayout.id(InodeRow.ROOT_ID),
        new DirectoryRow(0, 0, InodeRow.ROOT_PARENT_ID, new byte[0]).encode());
    state.clusterId = init.getClusterId();
    state.formatLevel = init.getFormatLevel();
    state.recoveryEpoch = init.getRecoveryEpoch();
    state.nextInodeId = Math.max(state.nextInodeId, InodeRow.ROOT_ID + 1);
  }

  private void create(CreateInode create) {
    create(create.getParentId(), create.getName().toByteArray(), create.getRow().toByteArray());
    addToDirectory(create.getParentId(), 1, create.getParentMillis());
  }

  private void createAll(CreateInodes create) {
    int count = create.getNamesCount();
    require(count > 0, "CreateInodes of nothing");
    require(create.getRowsCount() == count, "CreateInodes with a name or a row too many");
    for (int i = 0; i < count; i++) {
      create(
          create.getParentId(), create.getNames(i).toByteArray(), create.getRows(i).toByteArray());
    }
    addToDirectory(create.getParentId(), count, create.getParentMillis());
  }

  private void create(long parentId, byte[] name, byte[] row) {
    byte[] key = KeyLayout.child(parentId, name);
    require(name.length > 0, "CreateInode without a name");
    require(batch.isAbsentChild(key), "CreateInode where an inode is");
    InodeRow.check(row);
    InodeRow.setChangeIndex(row, stateIndex);
    batch.put(Family.CHILDREN, key, row);
    long id = InodeRow.id(row);
    state.nextInodeId = Math.max(state.nextInodeId, id + 1);
    if (InodeRow.isDirectory(row)) {
      require(
          batch.get(Family.DIRECTORIES, KeyLayout.id(id)) == null,
          "CreateInode of a directory with an id that is taken");
      batch.put(
          Family.DIRECTORIES, KeyLayout.id(id), new DirectoryRow(0, 0, parentId, name).encode());
    }
  }

  private void update(UpdateInode update) {
    byte[] name = update.getName().toByteArray();
    byte[] key = KeyLayout.child(update.getParentId(), name);
    settle(update.getId());
    byte[] old = existing(key, update.getId(), "UpdateInode");
    byte[] row = InodeRow.check(update.getRow().toByteArray());
    require(InodeRow.id(row) == update.getId(), "UpdateInode that changes the id");
    require(
        InodeRow.isDirectory(row) == InodeRow.isDirectory(old),
        "UpdateInode that turns a file into a directory or back");
    InodeRow.carryOver(row, old);
    InodeRow.setChangeIndex(row, stateIndex);
    batch.put(Family.CHILDREN, key, row);
    if (InodeRow.isDirectory(row)) {
      changes.directoryEdge(update.getParentId(), name);
    }
  }

  private void delete(DeleteInode delete) {
    byte[] name = delete.getName().toByteArray();
    byte[] key = KeyLayout.child(delete.getParentId(), name);
    settle(delete.getId());
    byte[] row = existing(key, delete.getId(), "DeleteInode");
    batch.delete(Family.CHILDREN, key);
    if (InodeRow.isDirectory(row)) {
      require(InodeRow.childCount(row) == 0, "DeleteInode of a directory with entries");
      forgetDirectory(delete.getId());
      changes.directoryEdge(delete.getParentId(), name);
    }
    removeFromDirectory(delete.getParentId(), delete.getParentMillis());
  }

  private void rename(RenameInode rename) {
    byte[] fromName = rename.getFromName().toByteArray();
    byte[] toName = rename.getToName().toByteArray();
    byte[] from = KeyLayout.child(rename.getFromParentId(), fromName);
    byte[] to = KeyLayout.child(rename.getToParentId(), toName);
    settle(rename.getId());
    byte[] moved = existing(from, rename.getId(), "RenameInode");
    require(toName.length > 0, "RenameInode without a name");
    require(batch.isAbsentChild(to), "RenameInode to where an inode is");
    byte[] row = InodeRow.check(rename.getRow().toByteArray());
    require(InodeRow.id(row) == rename.getId(), "RenameInode that changes the id");
    require(
        InodeRow.isDirectory(row) == InodeRow.isDirectory(moved),
        "RenameInode that turns a file into a directory or back");
    InodeRow.carryOver(row, moved);
    InodeRow.setChangeIndex(row, stateIndex);
    batch.delete(Family.CHILDREN, from);
    batch.put(Family.CHILDREN, to, row);
    removeFromDirectory(rename.getFromParentId(), rename.getParentMillis());
    addToDirectory(rename.getToParentId(), 1, rename.getParentMillis());
    if (InodeRow.isDirectory(row)) {
      DirectoryRow old = directory(rename.getId());
      batch.put(
          Family.DIRECTORIES,
          KeyLayout.id(rename.getId()),
          new DirectoryRow(old.removalIndex(), stateIndex, rename.getToParentId(), toName)
              .encode());
      changes.directoryEdge(rename.getFromParentId(), fromName);
    }
    for (PolicyMove move : rename.getPoliciesList()) {
      movePolicy(move);
    }
  }

  private void movePolicy(PolicyMove move) {
    byte[] from = KeyLayout.policy(move.getFrom());
    byte[] value = batch.get(Family.POLICIES, from);
    require(value != null, "RenameInode that moves an unknown policy");
    PutPolicy policy = parsePolicy(value).toBuilder().setPath(move.getTo()).build();
    batch.delete(Family.POLICIES, from);
    batch.put(Family.POLICIES, policyKey(move.getTo()), policy.toByteArray());
    changes.policiesChanged();
  }

  /** Refuses a path that is none: the policy table could not be read again. */
  private byte[] policyKey(String path) {
    require(NamespacePath.of(path).toString().equals(path), "PutPolicy on a path that is none");
    return KeyLayout.policy(path);
  }

  private static PutPolicy parsePolicy(byte[] value) {
    try {
      return PutPolicy.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new ApplyException("A stored policy does not parse: " + e.getMessage());
    }
  }

  private void detach(DetachSubtree detach) {
    byte[] name = detach.getName().toByteArray();
    byte[] key = KeyLayout.child(detach.getParentId(), name);
    settle(detach.getId());
    byte[] row = existing(key, detach.getId(), "DetachSubtree");
    require(InodeRow.isDirectory(row), "DetachSubtree of a file");
    batch.delete(Family.CHILDREN, key);
    markDetached(detach.getId());
    removeFromDirectory(detach.getParentId(), detach.getParentMillis());
    changes.directoryEdge(detach.getParentId(), name);
    changes.detached();
  }

  private void reclaim(ReclaimDetached reclaim) {
    byte[] detachedKey = KeyLayout.id(reclaim.getId());
    require(
        batch.get(Family.DETACHED, detachedKey) != null,
        "ReclaimDetached of a directory that is not detached");
    ByteString toName = reclaim.getToName();
    byte[] from = KeyLayout.firstChild(reclaim.getId());
    byte[] to =
        toName.isEmpty()
            ? KeyLayout.afterChildren(reclaim.getId())
            : KeyLayout.child(reclaim.getId(), toName.toByteArray());
    for (long id : reclaim.getDetachedIdsList()) {
      DirectoryRow directory = directory(id);
      require(
          directory.parentId() == reclaim.getId()
              && (toName.isEmpty()
                  || Arrays.compareUnsigned(directory.name(), toName.toByteArray()) < 0),
          "ReclaimDetached that detaches a directory outside of its range");
      // What is pending for the directory was meant for its row, which goes.
      deltas.remove(id);
      markDetached(id);
    }
    batch.deleteRange(Family.CHILDREN, from, to);
    if (toName.isEmpty()) {
      batch.delete(Family.DETACHED, detachedKey);
    }
  }

  private void markDetached(long id) {
    forgetDirectory(id);
    batch.put(Family.DETACHED, KeyLayout.id(id), KeyLayout.id(stateIndex));
  }

  private void forgetDirectory(long id) {
    byte[] key = KeyLayout.id(id);
    require(batch.get(Family.DIRECTORIES, key) != null, "a directory has no way up");
    batch.delete(Family.DIRECTORIES, key);
    if (batch.get(Family.SYNC, key) != null) {
      batch.delete(Family.SYNC, key);
    }
  }

  private void mark(PutSyncMark mark) {
    if (mark.getDepth() == PutSyncMark.Depth.SELF) {
      byte[] key = KeyLayout.child(mark.getParentId(), mark.getName().toByteArray());
      byte[] row = batch.get(Family.CHILDREN, key);
      // The inode may have gone or been replaced since the mark was planned: marks are planned
      // without locks.
      if (row != null && InodeRow.id(row) == mark.getId()) {
        byte[] marked = row.clone();
        InodeRow.applySyncMark(marked, mark.getMillis(), mark.getStateIndex());
        batch.put(Family.CHILDREN, key, marked);
      }
      return;
    }
    byte[] key = KeyLayout.id(mark.getId());
    if (batch.get(Family.DIRECTORIES, key) == null) {
      return;
    }
    if (mark.getDepth() == PutSyncMark.Depth.INVALIDATED) {
      state.invalidatedIndex = Math.max(state.invalidatedIndex, mark.getStateIndex());
    }
    SyncRow row = SyncRow.decode(batch.get(Family.SYNC, key));
    SyncRow marked =
        switch (mark.getDepth()) {
          case CHILDREN -> row.withChildren(mark.getMillis(), mark.getStateIndex());
          case ALL ->
              row.withChildren(mark.getMillis(), mark.getStateIndex())
                  .withAll(mark.getMillis(), mark.getStateIndex());
          case INVALIDATED -> row.withInvalidation(mark.getStateIndex());
          default -> throw new ApplyException("A sync mark has an unknown depth");
        };
    batch.put(Family.SYNC, key, marked.encode());
  }

  private void putTask(PutTask task) {
    byte[] key = KeyLayout.id(task.getTaskId());
    boolean known = batch.get(Family.TASKS, key) != null;
    require(task.getTaskId() != 0, "PutTask without an id");
    require(
        known == (task.getStartIndex() != 0),
        "PutTask of a task that "
            + (known ? "is there already" : "was begun before, but is not there"));
    PutTask row = known ? task : task.toBuilder().setStartIndex(stateIndex).build();
    batch.put(Family.TASKS, key, row.toByteArray());
    changes.tasksChanged();
  }

  private void putAnswer(OperationAnswer answer) {
    byte[] key = KeyLayout.operation(answer.getClient(), answer.getSequence());
    require(
        answer.getSequence() != KeyLayout.WATERMARK,
        "an operation has the sequence that is kept for watermarks");
    require(
        !answers.mayHave(answer.getClient(), answer.getSequence())
            || batch.get(Family.OPERATIONS, key) == null,
        "an operation took effect a second time");
    answers.stored(batch, answer.getClient(), answer.getSequence());
    batch.put(
        Family.OPERATIONS, key, answer.toBuilder().setStateIndex(stateIndex).build().toByteArray());
    state.operationCount++;
  }

  private void expire(ExpireOperations expire) {
    for (ExpireOperations.Client client : expire.getClientsList()) {
      batch.deleteRange(
          Family.OPERATIONS,
          KeyLayout.operation(client.getClient(), client.getFrom()),
          KeyLayout.operation(client.getClient(), client.getBelow()));
      byte[] watermark =
          ByteBuffer.allocate(16).putLong(client.getBelow()).putLong(state.clusterMillis).array();
      batch.put(
          Family.OPERATIONS,
          KeyLayout.operation(client.getClient(), KeyLayout.WATERMARK),
          watermark);
      answers.watermark(client.getClient(), client.getBelow());
      state.operationCount = Math.max(0, state.operationCount - client.getCount());
    }
    for (long client : expire.getForgottenList()) {
      batch.delete(Family.OPERATIONS, KeyLayout.operation(client, KeyLayout.WATERMARK));
    }
  }

  private void addToDirectory(long id, long children, long millis) {
    DirectoryDelta delta = deltas.computeIfAbsent(id, key -> new DirectoryDelta(directory(key)));
    delta.childCount += children;
    delta.millis = Math.max(delta.millis, millis);
    delta.stateIndex = stateIndex;
  }

  private void removeFromDirectory(long id, long millis) {
    addToDirectory(id, -1, millis);
    deltas.get(id).removalIndex = stateIndex;
  }

  /** Writes what is pending for this directory, before a record that reads or moves its row. */
  private void settle(long id) {
    DirectoryDelta delta = deltas.remove(id);
    if (delta != null) {
      writeDelta(id, delta);
    }
  }

  private void writeDelta(long id, DirectoryDelta delta) {
    DirectoryRow directory = delta.directory;
    byte[] key = KeyLayout.child(directory.parentId(), directory.name());
    byte[] row =
        existing(key, batch.getOften(Family.CHILDREN, key), id, "a change below a directory")
            .clone();
    InodeRow.applyDirectoryDelta(row, delta.childCount, delta.millis, delta.stateIndex);
    require(InodeRow.childCount(row) >= 0, "a directory has fewer than no entries");
    batch.put(Family.CHILDREN, key, row);
    if (delta.removalIndex > 0) {
      batch.put(
          Family.DIRECTORIES, KeyLayout.id(id), directory.withRemoval(delta.removalIndex).encode());
    }
  }

  private DirectoryRow directory(long id) {
    byte[] row = batch.getOften(Family.DIRECTORIES, KeyLayout.id(id));
    require(row != null, "a directory has no way up");
    return DirectoryRow.decode(row);
  }

  private byte[] existing(byte[] key, long id, String what) {
    return existing(key, batch.get(Family.CHILDREN, key), id, what);
  }

  private static byte[] existing(byte[] key, byte[] row, long id, String what) {
    if (row == null || InodeRow.id(row) != id) {
      throw new ApplyException(
          what
              + ": expected inode "
              + id
              + " at "
              + KeyLayout.parentOf(key)
              + "/"
              + new String(KeyLayout.nameBytesOf(key), StandardCharsets.UTF_8)
              + ", found "
              + (row == null ? "none" : InodeRow.id(row)));
    }
    return row;
  }

  private void require(boolean condition, String what) {
    if (!condition) {
      throw new ApplyException(what + " (state index " + stateIndex + ")");
    }
  }
}
