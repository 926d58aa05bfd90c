package io.cadastre.server.namespace.listing;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.ListPage;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.inode.InodeRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds a serialised {@link ListPage} from stored bytes, without an object per entry: an inode's
 * body has the same field numbers as {@link FileStatus}, so it is copied as it is and the fields
 * from the row's head and key are put behind it. Used by one thread.
 */
final class PageWriter {
  private static final int NAME_OFFSET = 8;

  private byte[] page = new byte[64 << 10];
  private int size;
  private int entries;

  int entries() {
    return entries;
  }

  int bytes() {
    return size;
  }

  /**
   * Adds an entry.
   *
   * @param key of the `children` family
   * @param pathPrefix what goes before the name to make the full path; null to leave the path out
   */
  void add(byte[] key, byte[] row, byte[] pathPrefix, boolean mountPoint) {
    InodeRow.check(row);
    int nameLength = key.length - NAME_OFFSET;
    int bodyLength = row.length - InodeRow.HEAD_BYTES;
    long mtime = InodeRow.mtimeMillis(row);
    long ctime = InodeRow.ctimeMillis(row);
    long children = InodeRow.childCount(row);
    long change = InodeRow.changeIndex(row);
    long synced = InodeRow.syncedMillis(row);
    int pathLength = pathPrefix == null ? 0 : pathPrefix.length + nameLength;
    int length =
        bodyLength
            + bytesField(FileStatus.NAME_FIELD_NUMBER, nameLength)
            + (pathPrefix == null ? 0 : bytesField(FileStatus.PATH_FIELD_NUMBER, pathLength))
            + number(FileStatus.MTIME_MILLIS_FIELD_NUMBER, mtime)
            + number(FileStatus.CTIME_MILLIS_FIELD_NUMBER, ctime)
            + number(FileStatus.CHILD_COUNT_FIELD_NUMBER, children)
            + number(FileStatus.CHANGE_INDEX_FIELD_NUMBER, change)
            + number(FileStatus.SYNCED_MILLIS_FIELD_NUMBER, synced)
            + (mountPoint
                ? CodedOutputStream.computeBoolSize(FileStatus.MOUNT_POINT_FIELD_NUMBER, true)
                : 0);
    int total =
        CodedOutputStream.computeTagSize(ListPage.ENTRIES_FIELD_NUMBER)
            + CodedOutputStream.computeUInt32SizeNoTag(length)
            + length;
    ensure(total);
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(page, size, total);
      out.writeTag(ListPage.ENTRIES_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(length);
      out.writeRawBytes(row, InodeRow.HEAD_BYTES, bodyLength);
      out.writeTag(FileStatus.NAME_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(nameLength);
      out.writeRawBytes(key, NAME_OFFSET, nameLength);
      if (pathPrefix != null) {
        out.writeTag(FileStatus.PATH_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(pathLength);
        out.writeRawBytes(pathPrefix);
        out.writeRawBytes(key, NAME_OFFSET, nameLength);
      }
      writeNumber(out, FileStatus.MTIME_MILLIS_FIELD_NUMBER, mtime);
      writeNumber(out, FileStatus.CTIME_MILLIS_FIELD_NUMBER, ctime);
      writeNumber(out, FileStatus.CHILD_COUNT_FIELD_NUMBER, children);
      writeNumber(out, FileStatus.CHANGE_INDEX_FIELD_NUMBER, change);
      writeNumber(out, FileStatus.SYNCED_MILLIS_FIELD_NUMBER, synced);
      if (mountPoint) {
        out.writeBool(FileStatus.MOUNT_POINT_FIELD_NUMBER, true);
      }
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    size += total;
    entries++;
  }

  private static int bytesField(int field, int length) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt32SizeNoTag(length)
        + length;
  }

  private static int number(int field, long value) {
    return value == 0 ? 0 : CodedOutputStream.computeInt64Size(field, value);
  }

  private static void writeNumber(CodedOutputStream out, int field, long value) throws IOException {
    if (value != 0) {
      out.writeInt64(field, value);
    }
  }

  private void ensure(int more) {
    if (size + more > page.length) {
      page = Arrays.copyOf(page, Math.max(page.length * 2, size + more));
    }
  }

  /** Hands out the page with its other fields and starts a new one. */
  byte[] finish(ServedAt served, ByteString token, boolean last, boolean newerView) {
    ListPage.Builder rest = ListPage.newBuilder().setServed(served).setLast(last);
    if (!token.isEmpty()) {
      rest.setResumeToken(token);
    }
    byte[] tail = rest.setNewerView(newerView).build().toByteArray();
    ensure(tail.length);
    System.arraycopy(tail, 0, page, size, tail.length);
    byte[] done = Arrays.copyOf(page, size + tail.length);
    size = 0;
    entries = 0;
    return done;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
