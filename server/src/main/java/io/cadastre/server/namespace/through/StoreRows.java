package io.cadastre.server.namespace.through;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.journal.record.proto.JournalRecord;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rows as a store has them: its times, size and fingerprint, and its owners if it has such. */
final class StoreRows {
  private StoreRows() {}

  /**
   * The body with what the store says. Where the store has a file in a directory's place by now, or
   * the other way round, only owner, group and mode are taken over: the next sync replaces it.
   *
   * @param owners whether owner, group and mode are the store's own
   */
  static InodeBody body(InodeBody body, UfsStatus status, boolean owners) {
    InodeBody.Builder changed = body.toBuilder();
    if (isSameKind(body, status)) {
      changed.setFingerprint(status.fingerprint());
      if (!body.getIncomplete() && !status.isDirectory()) {
        changed.setSize(status.size());
      }
    }
    if (owners) {
      changed.setOwner(status.owner()).setGroup(status.group()).setMode(status.mode());
    }
    return changed.build();
  }

  private static boolean isSameKind(InodeBody body, UfsStatus status) {
    return status.isDirectory() == (body.getKind() == InodeKind.DIRECTORY);
  }

  /** The row with what the store says; its ctime stays. */
  static byte[] row(byte[] row, UfsStatus status, boolean owners) {
    InodeBody body = InodeRow.body(row);
    return InodeRow.withBody(
        row,
        isSameKind(body, status) ? status.mtimeMillis() : InodeRow.mtimeMillis(row),
        InodeRow.ctimeMillis(row),
        body(body, status, owners));
  }

  /**
   * Planned records with what the store says of their inodes.
   *
   * @param statuses by inode id
   */
  static List<JournalRecord> refreshed(
      List<JournalRecord> records, Map<Long, UfsStatus> statuses, boolean owners) {
    List<JournalRecord> refreshed = new ArrayList<>();
    for (JournalRecord record : records) {
      JournalRecord.Builder changed = record.toBuilder();
      switch (record.getKindCase()) {
        case CREATE_INODE ->
            changed
                .getCreateInodeBuilder()
                .setRow(row(record.getCreateInode().getRow(), statuses, owners));
        case UPDATE_INODE ->
            changed
                .getUpdateInodeBuilder()
                .setRow(row(record.getUpdateInode().getRow(), statuses, owners));
        case RENAME_INODE ->
            changed
                .getRenameInodeBuilder()
                .setRow(row(record.getRenameInode().getRow(), statuses, owners));
        case CLOSE_INTENT -> {
          continue;
        }
        default -> {
          refreshed.add(record);
          continue;
        }
      }
      refreshed.add(changed.build());
    }
    return refreshed;
  }

  private static ByteString row(ByteString row, Map<Long, UfsStatus> statuses, boolean owners) {
    byte[] bytes = row.toByteArray();
    UfsStatus status = statuses.get(InodeRow.id(bytes));
    return status == null ? row : UnsafeByteOperations.unsafeWrap(row(bytes, status, owners));
  }
}
