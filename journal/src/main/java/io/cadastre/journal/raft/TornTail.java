package io.cadastre.journal.raft;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts off what a power cut has torn at the end of the open segment, before Raft starts, which
 * would take it for corruption. Nobody was ever told of such entries: this member acknowledges one
 * only when it is on the disk, whole.
 *
 * <p>Damage is taken for a torn end only if the store has applied nothing from there on, and either
 * no whole entry lies behind it, or a page of the damaged entry was never written: the force that
 * it was part of did not return then, the next one had not begun, and no entry of it was
 * acknowledged, whole or not. Anything else may be an entry that was acknowledged: that is refused.
 * What is cut is kept in a file beside the log.
 */
final class TornTail {
  private static final Logger LOG = LoggerFactory.getLogger(TornTail.class);

  private static final int BLOCK = 1 << 16;

  private TornTail() {}

  /**
   * Refuses all damage but a torn end; changes nothing.
   *
   * @param applied Raft index up to which the store has applied the log, -1 for a new store
   * @throws MetadataException CORRUPT if the segment is damaged otherwise
   */
  static void requireTorn(LogSegments.Segment segment, SegmentScan.Damage damage, long applied) {
    if (!segment.isOpen()) {
      throw refused(
          segment, damage, "it was closed, which Ratis does only when all of it is on the disk");
    }
    if (damage.index() <= applied) {
      throw refused(segment, damage, "the inode store has applied this entry, so it was whole once")
          .with("applied", applied);
    }
    if (damage.entryBehind() >= 0 && !damage.isUnwritten()) {
      throw refused(
              segment, damage, "whole entries lie behind it, so it is not the torn end of a write")
          .with("entryBehind", damage.entryBehind());
    }
  }

  /** Cuts off the damage and what is behind it. */
  static void cut(LogSegments.Segment open, SegmentScan.Damage damage) throws IOException {
    Path kept = keep(open, damage);
    LOG.warn(
        "The open segment of the Raft log was torn at index {}, as a power cut leaves it, and was"
            + " cut there; nobody was told of entries behind it. Segment {}, byte offset {}, {} bytes"
            + " kept in {}",
        damage.index(),
        open.file(),
        damage.offset(),
        Files.size(kept),
        kept);
  }

  private static MetadataException refused(
      LogSegments.Segment segment, SegmentScan.Damage damage, String why) {
    return new MetadataException(
            ErrorCode.CORRUPT,
            "A segment of the Raft log is damaged at index "
                + damage.index()
                + ", and "
                + why
                + LogCheck.REBUILD)
        .with("segment", segment.file())
        .with("offset", damage.offset());
  }

  /**
   * Moves what is behind the damage to a file of its own. That is on the disk before the segment is
   * cut. It lies beside the directory of the segments, since Ratis takes any file there whose name
   * begins like a segment's for one.
   */
  private static Path keep(LogSegments.Segment open, SegmentScan.Damage damage) throws IOException {
    Path directory = open.file().getParent().getParent();
    Path kept =
        directory.resolve(open.file().getFileName() + ".torn-" + System.currentTimeMillis());
    try (FileChannel segment =
            FileChannel.open(open.file(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileChannel copy =
            FileChannel.open(kept, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      copy(segment, damage.offset(), copy);
      NodeIdentity.sync(directory);
      segment.truncate(damage.offset());
      segment.force(true);
    } catch (IOException e) {
      // Of no use, and of a full disk it takes what is left.
      Files.deleteIfExists(kept);
      throw e;
    }
    return kept;
  }

  /** Without the zeros at its end, which Ratis has allocated ahead. */
  private static void copy(FileChannel segment, long from, FileChannel copy) throws IOException {
    long end = writtenEnd(segment, from);
    for (long at = from; at < end; ) {
      at += segment.transferTo(at, end - at, copy);
    }
    copy.force(true);
  }

  /** Behind the last byte that is no zero. */
  private static long writtenEnd(FileChannel segment, long from) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    for (long end = segment.size(); end > from; end -= block.capacity()) {
      long start = Math.max(from, end - block.capacity());
      block.clear().limit((int) (end - start));
      while (block.hasRemaining() && segment.read(block, start + block.position()) >= 0) {
        // Until the block is whole.
      }
      for (int i = block.position() - 1; i >= 0; i--) {
        if (block.get(i) != 0) {
          return start + i + 1;
        }
      }
    }
    return from;
  }
}
