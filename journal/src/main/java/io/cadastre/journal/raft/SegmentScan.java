package io.cadastre.journal.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;

/**
 * Where a segment of a Raft log stops making sense, and whether it makes sense again behind that.
 * Reads the file only; for one thread.
 *
 * <p>Layout: 8 bytes of header; then entries, each as its length (a varint), a LogEntryProto and
 * the CRC-32C of both; in an open segment then zeros up to the end, since Ratis allocates ahead.
 */
final class SegmentScan {
  private static final byte[] HEADER = "RaftLog1".getBytes(StandardCharsets.US_ASCII);
  private static final int CHECKSUM_BYTES = 4;
  private static final int MAX_VARINT_BYTES = 5;

  /** What reaches the disk as one, or not at all; larger pages are several of these. */
  private static final int PAGE = 4096;

  /** Fewer zeros up to the end of a page may be a damaged byte, and no page that is missing. */
  private static final int FEWEST_ZEROS = 8;

  /** The larger of term and index as a varint, with its tag, twice. */
  private static final int HEAD_BYTES = 22;

  private static final int TERM_TAG = LogEntryProto.TERM_FIELD_NUMBER << 3;
  private static final int INDEX_TAG = LogEntryProto.INDEX_FIELD_NUMBER << 3;

  /**
   * The first thing that is no entry.
   *
   * @param index of the entry that should be there
   * @param offset of its first byte
   * @param entryBehind offset of the first whole entry at or behind the damage; -1 if there is none
   * @param isUnwritten whether a page on which the entry lies was never written, while a later one
   *     with an entry behind it was
   */
  record Damage(long index, long offset, long entryBehind, boolean isUnwritten) {}

  /**
   * What a segment holds.
   *
   * @param lastIndex of the last entry before any damage; one less than the first if there is none
   * @param markedTerm of the entry that was asked for; empty if it is not among those
   */
  record Found(long lastIndex, OptionalLong markedTerm, Optional<Damage> damage) {}

  /** A whole entry whose checksum is right. */
  private record Frame(long term, long index, int start, int end) {}

  private record TermIndex(long term, long index) {}

  /** Where an entry's LogEntryProto should be, going by its length. */
  private record Body(int start, int end) {}

  private final LogSegments.Segment segment;
  private final ByteBuffer bytes;
  private final CRC32C checksum = new CRC32C();

  private SegmentScan(LogSegments.Segment segment, ByteBuffer bytes) {
    this.segment = segment;
    this.bytes = bytes;
  }

  /**
   * Reads a segment; a closed one up to the index that its name says, as Ratis does.
   *
   * @param mark index of an entry whose term is wanted; it need not be there
   * @return nothing if the file is larger than any segment can be, which is left to Ratis; no
   *     damage if the file ends behind an entry, or if only zeros follow in an open segment
   */
  static Optional<Found> read(LogSegments.Segment segment, long mark) throws IOException {
    try (FileChannel channel = FileChannel.open(segment.file(), StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        return Optional.empty();
      }
      return Optional.of(
          new SegmentScan(segment, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()))
              .found(mark));
    }
  }

  private Found found(long mark) {
    long index = segment.start();
    OptionalLong term = OptionalLong.empty();
    if (!hasHeader()) {
      // Without an entry, Ratis makes the segment anew.
      return new Found(index - 1, term, damageAt(index, 0));
    }
    long last = segment.isOpen() ? Long.MAX_VALUE : segment.end();
    int offset = HEADER.length;
    while (offset < bytes.limit() && index <= last) {
      Frame frame = frameAt(offset);
      if (frame == null || frame.index() != index) {
        return new Found(index - 1, term, damageAt(index, offset));
      }
      if (index == mark) {
        term = OptionalLong.of(frame.term());
      }
      offset = frame.end();
      index++;
    }
    return new Found(index - 1, term, Optional.empty());
  }

  /** Whatever is there is no entry of this index. */
  private Optional<Damage> damageAt(long index, int offset) {
    if (segment.isOpen() && zeros(offset, bytes.limit())) {
      return Optional.empty();
    }
    Frame behind = entryFrom(offset);
    return Optional.of(
        new Damage(
            index,
            offset,
            behind == null ? -1 : behind.start(),
            behind != null
                && behind.start() > offset
                && behind.index() > index
                && isUnwritten(offset, behind.start())));
  }

  /**
   * One force covers many entries, on zeros that were there before, and a power cut leaves any of
   * its pages. A page of it that is missing has zeros from where the last force ended, which is the
   * start of the damaged entry at the latest, up to the page's end.
   *
   * @param limit where the next whole entry begins: a wrong length reaches no further
   */
  private boolean isUnwritten(int offset, int limit) {
    // The header is forced before the first entry is written.
    if (offset < HEADER.length) {
      return false;
    }
    Body body = bodyAt(offset);
    // Without a length, the entry is known to lie on its first page only.
    int end = body == null ? offset + 1 : Math.min(limit, body.end() + CHECKSUM_BYTES);
    for (int page = offset / PAGE * PAGE; page < end && limit - page >= PAGE; page += PAGE) {
      int from = Math.max(offset, page);
      int to = page + PAGE;
      if (to - from >= FEWEST_ZEROS && zeros(from, to)) {
        return true;
      }
    }
    return false;
  }

  private boolean hasHeader() {
    return bytes.limit() >= HEADER.length
        && bytes.slice(0, HEADER.length).equals(ByteBuffer.wrap(HEADER));
  }

  private boolean zeros(int from, int to) {
    int i = from;
    // Megabytes, at every start, before anything is compiled.
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      if (bytes.getLong(i) != 0) {
        return false;
      }
    }
    for (; i < to; i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The first whole entry from here on, or null. */
  private Frame entryFrom(int offset) {
    for (int i = offset; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        Frame frame = frameAt(i);
        if (frame != null) {
          return frame;
        }
      }
    }
    return null;
  }

  /** The entry that begins here, or null. */
  private Frame frameAt(int offset) {
    Body body = bodyAt(offset);
    if (body == null) {
      return null;
    }
    TermIndex id = idOf(body);
    if (id == null) {
      return null;
    }
    checksum.reset();
    checksum.update(bytes.slice(offset, body.end() - offset));
    return (int) checksum.getValue() == bytes.getInt(body.end())
        ? new Frame(id.term(), id.index(), offset, body.end() + CHECKSUM_BYTES)
        : null;
  }

  /** What the length here says; null if it is none that fits into the file. */
  private Body bodyAt(int offset) {
    int length = 0;
    int body = offset;
    for (int shift = 0; ; shift += 7) {
      if (body == bytes.limit() || body - offset == MAX_VARINT_BYTES) {
        return null;
      }
      byte b = bytes.get(body++);
      length |= (b & 0x7f) << shift;
      if (b >= 0) {
        break;
      }
    }
    return length <= 0 || length > bytes.limit() - body - CHECKSUM_BYTES
        ? null
        : new Body(body, body + length);
  }

  /** Of the LogEntryProto at this place, or null: cheap, since it is asked of every byte. */
  private TermIndex idOf(Body body) {
    if (bytes.get(body.start()) != TERM_TAG) {
      return null;
    }
    int length = Math.min(body.end() - body.start(), HEAD_BYTES);
    CodedInputStream in = CodedInputStream.newInstance(bytes.slice(body.start(), length));
    try {
      in.readTag();
      long term = in.readUInt64();
      // The first entry of all has index 0, which protobuf leaves out.
      long index = !in.isAtEnd() && in.readTag() == INDEX_TAG ? in.readUInt64() : 0;
      return index < 0 ? null : new TermIndex(term, index);
    } catch (IOException e) {
      return null;
    }
  }
}
