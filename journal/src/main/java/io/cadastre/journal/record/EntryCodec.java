package io.cadastre.journal.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.record.proto.PackedEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Entries as bytes of the log. A large one is packed: inodes of one directory look much alike, so a
 * load has a fraction of its bytes to send to each member, to write and to sync. Pure; thread-safe.
 */
public final class EntryCodec {
  /** Below this, packing saves less than it costs: an entry has a price of its own. */
  private static final int WORTH_PACKING_BYTES = 8 << 10;

  /** No log holds a larger entry, packed or not. */
  private static final int MOST_BYTES = 64 << 20;

  // In Java: the native library would have to be unpacked by each process that starts.
  private static final LZ4Factory LZ4 = LZ4Factory.fastestJavaInstance();
  private static final LZ4Compressor COMPRESSOR = LZ4.fastCompressor();
  private static final LZ4SafeDecompressor DECOMPRESSOR = LZ4.safeDecompressor();

  private EntryCodec() {}

  /**
   * The bytes for the log.
   *
   * @param formatLevel the cluster's; from {@link FormatVersion#PACKED_ENTRIES} on it may be packed
   */
  public static byte[] encode(JournalEntry entry, long formatLevel) {
    byte[] plain = entry.toByteArray();
    if (formatLevel < FormatVersion.PACKED_ENTRIES || plain.length < WORTH_PACKING_BYTES) {
      return plain;
    }
    byte[] packed = new byte[COMPRESSOR.maxCompressedLength(plain.length)];
    int length = COMPRESSOR.compress(plain, packed);
    if (length > plain.length / 2) {
      return plain;
    }
    return JournalEntry.newBuilder()
        .setFormat(FormatVersion.PACKED_ENTRY)
        .setPacked(
            PackedEntry.newBuilder()
                .setBytes(plain.length)
                .setLz4(UnsafeByteOperations.unsafeWrap(packed, 0, length)))
        .build()
        .toByteArray();
  }

  /** As {@link #decode(ByteBuffer)}. */
  public static JournalEntry decode(byte[] bytes) throws InvalidProtocolBufferException {
    return decode(ByteBuffer.wrap(bytes));
  }

  /**
   * The entry. One of a newer format than this version knows is returned as far as it can be read;
   * its {@code format} says so.
   *
   * @throws InvalidProtocolBufferException if the bytes are no entry
   */
  public static JournalEntry decode(ByteBuffer bytes) throws InvalidProtocolBufferException {
    JournalEntry entry = parse(bytes);
    if (entry.getFormat() != FormatVersion.PACKED_ENTRY) {
      return entry;
    }
    JournalEntry unpacked = parse(ByteBuffer.wrap(unpack(entry.getPacked())));
    if (unpacked.getFormat() >= FormatVersion.PACKED_ENTRY) {
      throw new InvalidProtocolBufferException(
          "a packed entry holds one of format " + unpacked.getFormat());
    }
    return unpacked;
  }

  private static JournalEntry parse(ByteBuffer bytes) throws InvalidProtocolBufferException {
    try {
      return JournalEntry.parseFrom(CodedInputStream.newInstance(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
  }

  private static byte[] unpack(PackedEntry packed) throws InvalidProtocolBufferException {
    int bytes = packed.getBytes();
    ByteString lz4 = packed.getLz4();
    if (bytes <= 0 || bytes > MOST_BYTES) {
      throw new InvalidProtocolBufferException("a packed entry of " + bytes + " bytes");
    }
    byte[] plain = new byte[bytes];
    try {
      int length = DECOMPRESSOR.decompress(lz4.toByteArray(), plain);
      if (length == bytes) {
        return plain;
      }
      throw new InvalidProtocolBufferException(
          "a packed entry of " + bytes + " bytes holds " + length);
    } catch (LZ4Exception e) {
      throw new InvalidProtocolBufferException(
          new IOException("a packed entry cannot be unpacked: " + e.getMessage(), e));
    }
  }
}
