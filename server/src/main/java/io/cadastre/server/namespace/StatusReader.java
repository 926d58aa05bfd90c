package io.cadastre.server.namespace;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.path.NamespacePath;

/**
 * Turns rows into what callers get. The body's fields have the same numbers in both, so its bytes
 * are merged as they are.
 */
final class StatusReader {
  private StatusReader() {}

  static FileStatus.Builder status(NamespacePath path, byte[] row) {
    try {
      FileStatus.Builder status =
          FileStatus.newBuilder()
              .mergeFrom(row, InodeRow.HEAD_BYTES, row.length - InodeRow.HEAD_BYTES);
      return status
          .setName(path.name())
          .setPath(path.toString())
          .setMtimeMillis(InodeRow.mtimeMillis(row))
          .setCtimeMillis(InodeRow.ctimeMillis(row))
          .setChildCount(InodeRow.childCount(row))
          .setChangeIndex(InodeRow.changeIndex(row))
          .setSyncedMillis(InodeRow.syncedMillis(row));
    } catch (InvalidProtocolBufferException e) {
      throw new MetadataException(ErrorCode.CORRUPT, "An inode row does not parse", e);
    }
  }
}
