package io.cadastre.core.inode;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The stored form of an inode: a fixed-width head that apply may change in place without knowing
 * the rest, and an {@link InodeBody} behind it. All numbers big-endian.
 *
 * <pre>
 * offset  bytes  field
 *      0      1  format of the row (1)
 *      1      8  state index of the last change, whoever made it
 *      9      8  mtime, UTC ms
 *     17      8  ctime, UTC ms
 *     25      8  child count (directories)
 *     33      8  own sync mark: cluster time, UTC ms; 0 = never asked
 *     41      8  own sync mark: state index
 *     49      n  InodeBody, protobuf
 * </pre>
 *
 * <p>Child count is changed by sums, all other head fields only grow: both commute, so the order in
 * which records of one batch reach a row does not matter. All methods are pure; arrays are never
 * kept.
 */
public final class InodeRow {
  /** Format written by this version. */
  public static final byte FORMAT = 1;

  /** Bytes before the body. */
  public static final int HEAD_BYTES = 49;

  /** Inode id of the root directory. */
  public static final long ROOT_ID = 1;

  /** Parent id under which the root's own row is stored, with an empty name. */
  public static final long ROOT_PARENT_ID = 0;

  private static final int CHANGE_INDEX = 1;
  private static final int MTIME = 9;
  private static final int CTIME = 17;
  private static final int CHILD_COUNT = 25;
  private static final int SYNCED_MILLIS = 33;
  private static final int SYNCED_INDEX = 41;

  /** Wire type of a number of variable length, and the most that its last byte is shifted by. */
  private static final int VARINT = 0;

  private static final int MOST_SHIFT = 63;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private InodeRow() {}

  /** A new row with these times, no children, no mark, and change index 0 (apply sets it). */
  public static byte[] encode(long mtimeMillis, long ctimeMillis, InodeBody body) {
    int size = body.getSerializedSize();
    byte[] row = new byte[HEAD_BYTES + size];
    row[0] = FORMAT;
    set(row, MTIME, mtimeMillis);
    set(row, CTIME, ctimeMillis);
    writeBody(row, body, size);
    return row;
  }

  /** The row with another body and these times; child count and sync mark stay. */
  public static byte[] withBody(byte[] row, long mtimeMillis, long ctimeMillis, InodeBody body) {
    int size = body.getSerializedSize();
    byte[] changed = new byte[HEAD_BYTES + size];
    System.arraycopy(row, 0, changed, 0, HEAD_BYTES);
    set(changed, MTIME, mtimeMillis);
    set(changed, CTIME, ctimeMillis);
    writeBody(changed, body, size);
    return changed;
  }

  private static void writeBody(byte[] row, InodeBody body, int size) {
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(row, HEAD_BYTES, size);
      body.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Checks that the bytes can be a row.
   *
   * @throws MetadataException CORRUPT
   */
  public static byte[] check(byte[] row) {
    if (row.length < HEAD_BYTES || row[0] != FORMAT) {
      throw new MetadataException(ErrorCode.CORRUPT, "An inode row has an unknown format")
          .with("bytes", row.length)
          .with("format", row.length == 0 ? "none" : row[0]);
    }
    return row;
  }

  public static long changeIndex(byte[] row) {
    return get(row, CHANGE_INDEX);
  }

  /** Sets the change index; apply does this to every row it writes. */
  public static void setChangeIndex(byte[] row, long stateIndex) {
    set(row, CHANGE_INDEX, stateIndex);
  }

  public static long mtimeMillis(byte[] row) {
    return get(row, MTIME);
  }

  public static long ctimeMillis(byte[] row) {
    return get(row, CTIME);
  }

  public static long childCount(byte[] row) {
    return get(row, CHILD_COUNT);
  }

  public static long syncedMillis(byte[] row) {
    return get(row, SYNCED_MILLIS);
  }

  public static long syncedIndex(byte[] row) {
    return get(row, SYNCED_INDEX);
  }

  /**
   * Gives a new row what only apply changes: the old row's child count, and its own sync mark if
   * that is newer. The planner's copy of these may be out of date. Changes the first array.
   */
  public static void carryOver(byte[] row, byte[] old) {
    set(row, CHILD_COUNT, get(old, CHILD_COUNT));
    applySyncMark(row, get(old, SYNCED_MILLIS), get(old, SYNCED_INDEX));
  }

  /**
   * Adds to the child count; the times and the change index become at least these. Changes the
   * array.
   */
  public static void applyDirectoryDelta(
      byte[] row, long childCountDelta, long millis, long stateIndex) {
    set(row, CHILD_COUNT, get(row, CHILD_COUNT) + childCountDelta);
    raise(row, MTIME, millis);
    raise(row, CTIME, millis);
    raise(row, CHANGE_INDEX, stateIndex);
  }

  /** Sets the row's own sync mark if it is newer than the one there. Changes the array. */
  public static void applySyncMark(byte[] row, long millis, long stateIndex) {
    if (stateIndex > get(row, SYNCED_INDEX)
        || (stateIndex == get(row, SYNCED_INDEX) && millis > get(row, SYNCED_MILLIS))) {
      set(row, SYNCED_MILLIS, millis);
      set(row, SYNCED_INDEX, stateIndex);
    }
  }

  /**
   * The part of the row behind the head.
   *
   * @throws MetadataException CORRUPT
   */
  public static InodeBody body(byte[] row) {
    try {
      return InodeBody.parser().parseFrom(row, HEAD_BYTES, row.length - HEAD_BYTES);
    } catch (InvalidProtocolBufferException e) {
      throw new MetadataException(ErrorCode.CORRUPT, "An inode row does not parse", e);
    }
  }

  /** The inode id, without parsing the whole body. */
  public static long id(byte[] row) {
    return scan(row, InodeBody.ID_FIELD_NUMBER);
  }

  /** Whether the row is a directory's, without parsing the whole body. */
  public static boolean isDirectory(byte[] row) {
    return scan(row, InodeBody.KIND_FIELD_NUMBER) == InodeKind.DIRECTORY_VALUE;
  }

  /**
   * A number of the body. Id and kind are its first two fields, as bodies are written in the order
   * of fields, so they are read without the parser, which every lookup would have to make.
   */
  private static long scan(byte[] row, int field) {
    int at = HEAD_BYTES;
    while (at < row.length && row[at] > 0 && (row[at] & 7) == VARINT) {
      boolean wanted = row[at] >>> 3 == field;
      long value = 0;
      int shift = 0;
      for (at++; at < row.length && row[at] < 0; at++, shift += 7) {
        value |= (long) (row[at] & 0x7f) << shift;
      }
      if (at == row.length || shift > MOST_SHIFT) {
        throw new MetadataException(ErrorCode.CORRUPT, "An inode row does not parse");
      }
      if (wanted) {
        return value | (long) row[at] << shift;
      }
      at++;
    }
    return parsed(row, field);
  }

  private static long parsed(byte[] row, int field) {
    InodeBody body = body(row);
    return field == InodeBody.ID_FIELD_NUMBER ? body.getId() : body.getKindValue();
  }

  private static long get(byte[] row, int offset) {
    return (long) LONG.get(row, offset);
  }

  private static void set(byte[] row, int offset, long value) {
    LONG.set(row, offset, value);
  }

  private static void raise(byte[] row, int offset, long value) {
    if (value > get(row, offset)) {
      set(row, offset, value);
    }
  }
}
