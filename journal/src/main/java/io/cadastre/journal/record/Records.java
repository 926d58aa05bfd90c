package io.cadastre.journal.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.cadastre.journal.record.proto.CloseIntent;
import io.cadastre.journal.record.proto.CreateInode;
import io.cadastre.journal.record.proto.CreateInodes;
import io.cadastre.journal.record.proto.DeleteInode;
import io.cadastre.journal.record.proto.DetachSubtree;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.journal.record.proto.OpenIntent;
import io.cadastre.journal.record.proto.PutMount;
import io.cadastre.journal.record.proto.PutPolicy;
import io.cadastre.journal.record.proto.PutSyncMark;
import io.cadastre.journal.record.proto.PutTask;
import io.cadastre.journal.record.proto.RemoveMount;
import io.cadastre.journal.record.proto.RemovePolicy;
import io.cadastre.journal.record.proto.RemoveTask;
import io.cadastre.journal.record.proto.RenameInode;
import io.cadastre.journal.record.proto.UpdateInode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Makes records. Rows and names are wrapped, not copied: do not change an array after handing it
 * in.
 */
public final class Records {
  private Records() {}

  private static ByteString wrap(byte[] bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  private static ByteString name(String name) {
    return ByteString.copyFrom(name, StandardCharsets.UTF_8);
  }

  /**
   * @param parentMillis the parent's mtime and ctime become at least this; 0 leaves them
   */
  public static JournalRecord create(long parentId, String name, byte[] row, long parentMillis) {
    return JournalRecord.newBuilder()
        .setCreateInode(
            CreateInode.newBuilder()
                .setParentId(parentId)
                .setName(name(name))
                .setRow(wrap(row))
                .setParentMillis(parentMillis))
        .build();
  }

  /**
   * Many inodes of one directory at once; for a cluster of {@link FormatVersion#CREATE_INODES}.
   *
   * @param names ascending in unsigned bytes
   * @param rows as many
   */
  public static JournalRecord create(
      long parentId, List<byte[]> names, List<byte[]> rows, long parentMillis) {
    CreateInodes.Builder create =
        CreateInodes.newBuilder().setParentId(parentId).setParentMillis(parentMillis);
    for (int i = 0; i < names.size(); i++) {
      create.addNames(wrap(names.get(i))).addRows(wrap(rows.get(i)));
    }
    return JournalRecord.newBuilder().setCreateInodes(create).build();
  }

  public static JournalRecord update(long parentId, String name, long id, byte[] row) {
    return JournalRecord.newBuilder()
        .setUpdateInode(
            UpdateInode.newBuilder()
                .setParentId(parentId)
                .setName(name(name))
                .setId(id)
                .setRow(wrap(row)))
        .build();
  }

  public static JournalRecord delete(long parentId, String name, long id, long parentMillis) {
    return JournalRecord.newBuilder()
        .setDeleteInode(
            DeleteInode.newBuilder()
                .setParentId(parentId)
                .setName(name(name))
                .setId(id)
                .setParentMillis(parentMillis))
        .build();
  }

  public static JournalRecord detach(long parentId, String name, long id, long parentMillis) {
    return JournalRecord.newBuilder()
        .setDetachSubtree(
            DetachSubtree.newBuilder()
                .setParentId(parentId)
                .setName(name(name))
                .setId(id)
                .setParentMillis(parentMillis))
        .build();
  }

  /** A rename record to which policy moves can still be added. */
  public static RenameInode.Builder rename(
      long fromParent, String fromName, long toParent, String toName, long id, byte[] row) {
    return RenameInode.newBuilder()
        .setFromParentId(fromParent)
        .setFromName(name(fromName))
        .setToParentId(toParent)
        .setToName(name(toName))
        .setId(id)
        .setRow(wrap(row));
  }

  public static JournalRecord of(RenameInode.Builder rename) {
    return JournalRecord.newBuilder().setRenameInode(rename).build();
  }

  public static JournalRecord of(PutMount mount) {
    return JournalRecord.newBuilder().setPutMount(mount).build();
  }

  public static JournalRecord removeMount(long mountId) {
    return JournalRecord.newBuilder()
        .setRemoveMount(RemoveMount.newBuilder().setMountId(mountId))
        .build();
  }

  public static JournalRecord of(PutPolicy policy) {
    return JournalRecord.newBuilder().setPutPolicy(policy).build();
  }

  public static JournalRecord removePolicy(String path) {
    return JournalRecord.newBuilder()
        .setRemovePolicy(RemovePolicy.newBuilder().setPath(path))
        .build();
  }

  public static JournalRecord of(OpenIntent intent) {
    return JournalRecord.newBuilder().setOpenIntent(intent).build();
  }

  public static JournalRecord closeIntent(long client, long sequence) {
    return JournalRecord.newBuilder()
        .setCloseIntent(CloseIntent.newBuilder().setClient(client).setSequence(sequence))
        .build();
  }

  public static JournalRecord of(PutTask task) {
    return JournalRecord.newBuilder().setPutTask(task).build();
  }

  public static JournalRecord removeTask(long taskId) {
    return JournalRecord.newBuilder()
        .setRemoveTask(RemoveTask.newBuilder().setTaskId(taskId))
        .build();
  }

  /** A directory's CHILDREN or ALL mark, or an invalidation (then only the index counts). */
  public static JournalRecord mark(
      PutSyncMark.Depth depth, long directoryId, long millis, long stateIndex) {
    return JournalRecord.newBuilder()
        .setPutSyncMark(
            PutSyncMark.newBuilder()
                .setDepth(depth)
                .setId(directoryId)
                .setMillis(millis)
                .setStateIndex(stateIndex))
        .build();
  }

  /** An inode's own mark. */
  public static JournalRecord selfMark(
      long parentId, String name, long id, long millis, long stateIndex) {
    return JournalRecord.newBuilder()
        .setPutSyncMark(
            PutSyncMark.newBuilder()
                .setDepth(PutSyncMark.Depth.SELF)
                .setParentId(parentId)
                .setName(name(name))
                .setId(id)
                .setMillis(millis)
                .setStateIndex(stateIndex))
        .build();
  }
}
