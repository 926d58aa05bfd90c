package io.cadastre.journal.store;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The row of the `directories` family: where a directory hangs, and when its structure changed.
 *
 * <pre>
 * offset  bytes  field
 *      0      1  format (1)
 *      1      8  state index of the last removal or rename of one of its entries
 *      9      8  state index at which it was last renamed; 0 if it never was
 *     17      8  parent id
 *     25      n  name, UTF-8
 * </pre>
 */
public record DirectoryRow(long removalIndex, long reparentIndex, long parentId, byte[] name) {
  private static final byte FORMAT = 1;
  private static final int HEAD = 25;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  public static DirectoryRow decode(byte[] row) {
    if (row.length < HEAD || row[0] != FORMAT) {
      throw new MetadataException(ErrorCode.CORRUPT, "A directory row has an unknown format");
    }
    return new DirectoryRow(
        (long) LONG.get(row, 1),
        (long) LONG.get(row, 9),
        (long) LONG.get(row, 17),
        Arrays.copyOfRange(row, HEAD, row.length));
  }

  public byte[] encode() {
    byte[] row = new byte[HEAD + name.length];
    row[0] = FORMAT;
    LONG.set(row, 1, removalIndex);
    LONG.set(row, 9, reparentIndex);
    LONG.set(row, 17, parentId);
    System.arraycopy(name, 0, row, HEAD, name.length);
    return row;
  }

  /** The row after an entry left the directory at this index. */
  public DirectoryRow withRemoval(long stateIndex) {
    return new DirectoryRow(Math.max(removalIndex, stateIndex), reparentIndex, parentId, name);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DirectoryRow row
        && removalIndex == row.removalIndex
        && reparentIndex == row.reparentIndex
        && parentId == row.parentId
        && Arrays.equals(name, row.name);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(parentId) * 31 + Arrays.hashCode(name);
  }
}
