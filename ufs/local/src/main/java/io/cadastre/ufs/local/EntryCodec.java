package io.cadastre.ufs.local;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The form of a name in packed memory and in spilled runs. Of one listing, used by one thread.
 *
 * <pre>
 * int     length of all that follows
 * short   length of the name
 * bytes   the name, UTF-8
 * byte    EXACT or ESCAPED
 * </pre>
 */
@SuppressWarnings("ByteBufferBackingArray") // All buffers here are allocated whole: no offset.
final class EntryCodec {
  private static final byte EXACT = 0;
  private static final byte ESCAPED = 1;
  private static final int NAME_AT = 6;

  /** A name has at most 255 bytes, four times that when escaped. */
  private static final int LARGEST_ENTRY = 2 << 10;

  private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST_ENTRY);

  /**
   * A name of a directory.
   *
   * @param exact false if it is not UTF-8, and this an escaped form of it
   */
  record Name(String name, boolean exact) {}

  /** Encodes a name into a buffer that is valid until the next call. */
  ByteBuffer encode(Name name) {
    byte[] bytes = name.name().getBytes(StandardCharsets.UTF_8);
    buffer.clear().position(4);
    buffer.putShort((short) bytes.length).put(bytes).put(name.exact() ? EXACT : ESCAPED);
    buffer.putInt(0, buffer.position() - 4);
    return buffer.flip();
  }

  /** Decodes the name that begins at the buffer's position. */
  static Name decode(ByteBuffer entry) {
    int at = entry.position() + NAME_AT;
    int length = entry.getShort(at - 2);
    String name = new String(entry.array(), at, length, StandardCharsets.UTF_8);
    return new Name(name, entry.get(at + length) == EXACT);
  }

  /** Bytes of the name of the entry at `at`. */
  static int nameLength(ByteBuffer entry, int at) {
    return entry.getShort(at + NAME_AT - 2);
  }

  /** Bytes that the names of two entries begin with in common. */
  static int sharedPrefix(ByteBuffer left, int leftAt, ByteBuffer right, int rightAt) {
    int shorter = Math.min(nameLength(left, leftAt), nameLength(right, rightAt));
    int leftName = leftAt + NAME_AT;
    int rightName = rightAt + NAME_AT;
    int mismatch =
        Arrays.mismatch(
            left.array(),
            leftName,
            leftName + shorter,
            right.array(),
            rightName,
            rightName + shorter);
    return mismatch < 0 ? shorter : mismatch;
  }

  /**
   * Eight bytes of a name as an unsigned number that orders as they do, zeros behind its end: no
   * name has a zero byte.
   *
   * @param from first of these bytes, at most the name's length
   */
  static long nameKey(ByteBuffer entry, int at, int from) {
    int end = Math.min(nameLength(entry, at), from + Long.BYTES);
    long key = 0;
    for (int i = from; i < end; i++) {
      key = key << Byte.SIZE | (entry.get(at + NAME_AT + i) & 0xff);
    }
    int missing = Long.BYTES - (end - from);
    return missing == Long.BYTES ? 0 : key << missing * Byte.SIZE;
  }

  /** Compares the names of two entries in unsigned bytes. */
  static int compareNames(ByteBuffer left, int leftAt, ByteBuffer right, int rightAt) {
    int leftName = leftAt + NAME_AT;
    int rightName = rightAt + NAME_AT;
    return Arrays.compareUnsigned(
        left.array(),
        leftName,
        leftName + left.getShort(leftName - 2),
        right.array(),
        rightName,
        rightName + right.getShort(rightName - 2));
  }

  static int compareNames(ByteBuffer left, ByteBuffer right) {
    return compareNames(left, left.position(), right, right.position());
  }
}
