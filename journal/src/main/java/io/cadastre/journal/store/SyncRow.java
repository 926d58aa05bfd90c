package io.cadastre.journal.store;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.nio.ByteBuffer;

/**
 * The row of the `sync` family: marks of a directory. A mark is the cluster time and state index
 * just before the store was first asked; index 0 means never. A newer mark replaces an older one,
 * field pair by field pair.
 *
 * <pre>
 * offset  bytes  field
 *      0      1  format (1)
 *      1     16  CHILDREN: time, index
 *     17     16  ALL: time, index
 *     33      8  state index of the last invalidation
 * </pre>
 */
public record SyncRow(
    long childrenMillis, long childrenIndex, long allMillis, long allIndex, long invalidatedIndex) {
  public static final SyncRow NONE = new SyncRow(0, 0, 0, 0, 0);

  private static final byte FORMAT = 1;
  private static final int BYTES = 41;

  public static SyncRow decode(byte[] row) {
    if (row == null) {
      return NONE;
    }
    ByteBuffer in = ByteBuffer.wrap(row);
    if (row.length != BYTES || in.get() != FORMAT) {
      throw new MetadataException(ErrorCode.CORRUPT, "A sync row has an unknown format");
    }
    return new SyncRow(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
  }

  public byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .put(FORMAT)
        .putLong(childrenMillis)
        .putLong(childrenIndex)
        .putLong(allMillis)
        .putLong(allIndex)
        .putLong(invalidatedIndex)
        .array();
  }

  /** With the CHILDREN mark, if it is newer. */
  public SyncRow withChildren(long millis, long index) {
    return newer(millis, index, childrenMillis, childrenIndex)
        ? new SyncRow(millis, index, allMillis, allIndex, invalidatedIndex)
        : this;
  }

  /** With the ALL mark, if it is newer. */
  public SyncRow withAll(long millis, long index) {
    return newer(millis, index, allMillis, allIndex)
        ? new SyncRow(childrenMillis, childrenIndex, millis, index, invalidatedIndex)
        : this;
  }

  public SyncRow withInvalidation(long index) {
    return new SyncRow(
        childrenMillis, childrenIndex, allMillis, allIndex, Math.max(invalidatedIndex, index));
  }

  private static boolean newer(long millis, long index, long oldMillis, long oldIndex) {
    return index > oldIndex || (index == oldIndex && millis > oldMillis);
  }
}
