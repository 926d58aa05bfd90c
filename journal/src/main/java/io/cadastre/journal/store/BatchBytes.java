package io.cadastre.journal.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.rocksdb.WriteBatch;

/**
 * A write batch of RocksDB in the form in which RocksDB logs it (rocksdb/db/write_batch.cc), so
 * that one native call hands over all of it; a call for each row costs more than the row. To be
 * used twice, with the same changes: first to learn the size, then to write. By one thread.
 *
 * <pre>
 * fixed64  sequence number, set by RocksDB
 * fixed32  number of changes
 * each:    byte kind, varint family, varint length, key, and for a row or range: varint length, value or end
 * </pre>
 */
final class BatchBytes {
  private static final int HEADER_BYTES = 12;
  private static final int COUNT_AT = 8;
  private static final byte DELETION = 0x4;
  private static final byte VALUE = 0x5;
  private static final byte RANGE_DELETION = 0xE;
  private static final VarHandle LITTLE_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  // Null while sizes are added up.
  private byte[] bytes;
  private int at = HEADER_BYTES;
  private int count;

  void put(int family, byte[] key, byte[] value) {
    add(VALUE, family, key, value);
  }

  void delete(int family, byte[] key) {
    add(DELETION, family, key, null);
  }

  void deleteRange(int family, byte[] from, byte[] to) {
    add(RANGE_DELETION, family, from, to);
  }

  private void add(byte kind, int family, byte[] key, byte[] second) {
    if (bytes != null) {
      bytes[at] = kind;
    }
    at++;
    varint(family);
    text(key);
    if (second != null) {
      text(second);
    }
    count++;
  }

  private void text(byte[] text) {
    varint(text.length);
    if (bytes != null) {
      System.arraycopy(text, 0, bytes, at, text.length);
    }
    at = Math.addExact(at, text.length);
  }

  private void varint(int value) {
    int rest = value;
    for (; rest > 0x7f; rest >>>= 7, at++) {
      if (bytes != null) {
        bytes[at] = (byte) (rest | 0x80);
      }
    }
    if (bytes != null) {
      bytes[at] = (byte) rest;
    }
    at++;
  }

  /** The size is known now; the same changes follow once more. */
  void sized() {
    bytes = new byte[at];
    at = HEADER_BYTES;
    count = 0;
  }

  /** The batch; close it. */
  WriteBatch batch() {
    if (bytes == null || at != bytes.length) {
      throw new IllegalStateException("a batch of other changes than were sized");
    }
    LITTLE_INT.set(bytes, COUNT_AT, count);
    return new WriteBatch(bytes);
  }
}
