package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import io.cadastre.ufs.spi.UfsStatus;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The deletes of one run, in order: the newest in memory, older ones packed in a file that has no
 * name any more, so that it goes with the process. Used by one run's thread.
 */
final class DeleteSpill implements AutoCloseable {
  /** Told of each delete, in the order in which they were added. */
  interface Visitor {
    void visit(SyncWriter.Pending delete) throws InterruptedException;
  }

  /** Deletes that were written to the file together: the number of the first, and where it is. */
  private record Chunk(long first, long offset) {}

  private final SyncTarget any;
  private final SyncSettings settings;
  private final List<SyncWriter.Pending> newest = new ArrayList<>();
  private final List<Chunk> chunks = new ArrayList<>();
  private FileChannel file;
  private long spilled;
  private long spilledBytes;

  /**
   * @param any a path of the mount that all deletes are of
   */
  DeleteSpill(SyncTarget any, SyncSettings settings) {
    this.any = any;
    this.settings = settings;
  }

  /**
   * Appends a delete.
   *
   * @throws MetadataException UNAVAILABLE if there is no room for it
   */
  void add(SyncWriter.Pending delete) {
    newest.add(delete);
    if (newest.size() >= settings.deletesInMemory()) {
      spill();
    }
  }

  long size() {
    return spilled + newest.size();
  }

  boolean isEmpty() {
    return size() == 0;
  }

  /** Bytes in the file. */
  long spilledBytes() {
    return spilledBytes;
  }

  private void spill() {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(newest.size() * 64);
    try (DataOutputStream out = new DataOutputStream(packed)) {
      for (SyncWriter.Pending delete : newest) {
        write(out, delete);
      }
      if (spilledBytes + packed.size() > settings.deletesSpillBytes()) {
        throw new MetadataException(
                ErrorCode.UNAVAILABLE,
                "The store lacks so much that the deletes do not fit in their file;"
                    + " compare the mount in parts")
            .with("bytes", settings.deletesSpillBytes());
      }
      if (file == null) {
        open();
      }
      file.truncate(spilledBytes);
      ByteBuffer bytes = ByteBuffer.wrap(packed.toByteArray());
      for (long at = spilledBytes; bytes.hasRemaining(); ) {
        at += file.write(bytes, at);
      }
    } catch (IOException e) {
      throw failed(e);
    }
    chunks.add(new Chunk(spilled, spilledBytes));
    spilled += newest.size();
    spilledBytes += packed.size();
    newest.clear();
  }

  private void open() throws IOException {
    Path path = Files.createTempFile(settings.spillDirectory(), "cadastre-deletes-", ".run");
    try {
      file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } finally {
      Files.delete(path);
    }
  }

  private static MetadataException failed(IOException cause) {
    return new MetadataException(
        ErrorCode.UNAVAILABLE, "Deletes cannot be kept on disk: " + cause.getMessage(), cause);
  }

  /** Visits all from this one on; nothing may be added meanwhile. */
  void forEach(long from, Visitor visitor) throws InterruptedException {
    if (from < spilled) {
      Chunk chunk = chunkOf(from);
      try (DataInputStream in = readFrom(chunk.offset())) {
        for (long i = chunk.first(); i < spilled; i++) {
          SyncWriter.Pending delete = read(in);
          if (i >= from) {
            visitor.visit(delete);
          }
        }
      } catch (IOException e) {
        throw failed(e);
      }
    }
    for (int i = (int) Math.max(0, from - spilled); i < newest.size(); i++) {
      visitor.visit(newest.get(i));
    }
  }

  /** Forgets all from this one on. */
  void truncate(long from) {
    if (from >= spilled) {
      newest.subList((int) Math.min(from - spilled, newest.size()), newest.size()).clear();
      return;
    }
    newest.clear();
    Chunk chunk = chunkOf(from);
    List<SyncWriter.Pending> kept = new ArrayList<>();
    try (DataInputStream in = readFrom(chunk.offset())) {
      for (long i = chunk.first(); i < from; i++) {
        kept.add(read(in));
      }
    } catch (IOException e) {
      throw failed(e);
    }
    chunks.removeIf(later -> later.first() >= chunk.first());
    spilled = chunk.first();
    spilledBytes = chunk.offset();
    newest.addAll(kept);
  }

  /** Takes out those from this one on that match, and tells of them; the order of others stays. */
  void removeIf(long from, Predicate<SyncWriter.Pending> matches, Visitor removed)
      throws InterruptedException {
    try (DeleteSpill kept = new DeleteSpill(any, settings)) {
      forEach(
          from,
          delete -> {
            if (matches.test(delete)) {
              removed.visit(delete);
            } else {
              kept.add(delete);
            }
          });
      truncate(from);
      kept.forEach(0, this::add);
    }
  }

  private Chunk chunkOf(long number) {
    Chunk found = chunks.get(0);
    for (Chunk chunk : chunks) {
      if (chunk.first() <= number) {
        found = chunk;
      }
    }
    return found;
  }

  private DataInputStream readFrom(long offset) throws IOException {
    file.position(offset);
    InputStream bytes = Channels.newInputStream(file);
    return new DataInputStream(
        new BufferedInputStream(bytes, 64 << 10) {
          @Override
          public void close() {
            // The file is read again.
          }
        });
  }

  private static void write(DataOutputStream out, SyncWriter.Pending delete) throws IOException {
    text(out, delete.directory().path().toString());
    out.writeLong(delete.directoryId());
    out.writeLong(delete.listingIndex());
    if (delete.decision() instanceof SyncDecision.Replace replace) {
      out.writeByte(replace.wasDirectory() ? 3 : 2);
      out.writeLong(replace.inodeId());
      UfsStatus status = replace.status();
      text(out, status.name());
      out.writeByte(status.kind().ordinal());
      out.writeLong(status.size());
      out.writeLong(status.mtimeMillis());
      text(out, status.owner());
      text(out, status.group());
      out.writeInt(status.mode());
      text(out, status.fingerprint());
      text(out, status.linkTarget());
    } else {
      SyncDecision.Delete gone = (SyncDecision.Delete) delete.decision();
      out.writeByte(gone.directory() ? 1 : 0);
      out.writeLong(gone.inodeId());
      text(out, gone.name());
    }
  }

  private SyncWriter.Pending read(DataInputStream in) throws IOException {
    SyncTarget directory = any.at(NamespacePath.of(text(in)));
    long directoryId = in.readLong();
    long listingIndex = in.readLong();
    int kind = in.readByte();
    long inodeId = in.readLong();
    SyncDecision decision;
    if (kind >= 2) {
      UfsStatus status =
          new UfsStatus(
              text(in),
              UfsStatus.Kind.values()[in.readByte()],
              in.readLong(),
              in.readLong(),
              text(in),
              text(in),
              in.readInt(),
              text(in),
              text(in));
      decision = new SyncDecision.Replace(status, inodeId, kind == 3);
    } else {
      decision = new SyncDecision.Delete(text(in), inodeId, kind == 1);
    }
    return new SyncWriter.Pending(directory, directoryId, decision, listingIndex);
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String text(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    if (file == null) {
      return;
    }
    try {
      file.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
