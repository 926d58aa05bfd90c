package io.cadastre.ufs.local;

import io.cadastre.ufs.spi.UfsListing.UnreadableEntry;
import io.cadastre.ufs.spi.UfsStatus;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The form of an entry in packed memory and in spilled runs. Of one listing, used by one thread:
 * owners and groups are numbers in a table that it keeps.
 *
 * <pre>
 * int     length of all that follows
 * short   length of the name
 * bytes   the name, UTF-8
 * byte    STATUS, UNREADABLE or ESCAPED
 * STATUS: int mode, owner, group; long size, mtime, ctime, inode; text target
 * else:   text reason                       (text: int length, UTF-8)
 * </pre>
 */
@SuppressWarnings("ByteBufferBackingArray") // All buffers here are allocated whole: no offset.
final class EntryCodec {
  private static final byte STATUS = 0;
  private static final byte UNREADABLE = 1;
  private static final byte ESCAPED = 2;
  private static final int NAME_AT = 6;

  /** A name has at most 255 bytes, four times that when escaped; a target at most 4,096. */
  private static final int LARGEST_ENTRY = 16 << 10;

  private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST_ENTRY);
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> principals = new ArrayList<>();

  /** An entry, decoded: exactly one of the two is not null. */
  record Decoded(UfsStatus status, UnreadableEntry unreadable) {}

  /** Encodes an entry into a buffer that is valid until the next call. */
  ByteBuffer encode(
      String name, FileAttributes attributes, String owner, String group, String target) {
    begin(name, STATUS);
    buffer.putInt(attributes.mode()).putInt(number(owner)).putInt(number(group));
    buffer.putLong(attributes.size()).putLong(attributes.mtimeNanos());
    buffer.putLong(attributes.ctimeNanos()).putLong(attributes.inode());
    return end(target);
  }

  ByteBuffer encode(UnreadableEntry entry) {
    begin(entry.name(), entry.exact() ? UNREADABLE : ESCAPED);
    return end(entry.reason());
  }

  private void begin(String name, byte form) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    buffer.clear().position(4);
    buffer.putShort((short) bytes.length).put(bytes).put(form);
  }

  private ByteBuffer end(String text) {
    if (text.isEmpty()) {
      buffer.putInt(0);
    } else {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      buffer.putInt(bytes.length).put(bytes);
    }
    buffer.putInt(0, buffer.position() - 4);
    return buffer.flip();
  }

  private int number(String principal) {
    Integer known = numbers.get(principal);
    if (known == null) {
      known = principals.size();
      numbers.put(principal, known);
      principals.add(principal);
    }
    return known;
  }

  /** Decodes the entry that begins at the buffer's position. */
  Decoded decode(ByteBuffer entry) {
    int at = entry.position() + NAME_AT;
    int nameLength = entry.getShort(at - 2);
    String name = new String(entry.array(), at, nameLength, StandardCharsets.UTF_8);
    ByteBuffer rest = entry.duplicate().position(at + nameLength);
    byte form = rest.get();
    if (form != STATUS) {
      return new Decoded(null, new UnreadableEntry(name, form == UNREADABLE, text(rest)));
    }
    int mode = rest.getInt();
    String owner = principals.get(rest.getInt());
    String group = principals.get(rest.getInt());
    FileAttributes attributes =
        new FileAttributes(
            mode, 0, 0, rest.getLong(), rest.getLong(), rest.getLong(), rest.getLong(), 0);
    return new Decoded(attributes.toStatus(name, owner, group, text(rest)), null);
  }

  private static String text(ByteBuffer from) {
    int length = from.getInt();
    if (length == 0) {
      return "";
    }
    return new String(from.array(), from.position(), length, StandardCharsets.UTF_8);
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
