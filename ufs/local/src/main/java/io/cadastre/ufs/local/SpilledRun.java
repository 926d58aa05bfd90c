package io.cadastre.ufs.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Sorted entries in a file that has no name any more, so that it goes with the process. Written
 * once and then read once, by one thread.
 */
final class SpilledRun implements AutoCloseable {
  /** More than the largest entry. */
  private static final int BUFFER_BYTES = 64 << 10;

  private final FileChannel file;
  private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private boolean reading;
  private boolean ended;

  SpilledRun(Path directory) throws IOException {
    Path path = Files.createTempFile(directory, "cadastre-listing-", ".run");
    try {
      file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } finally {
      Files.delete(path);
    }
  }

  /** Appends an entry: from the position, as long as its head says. */
  void add(ByteBuffer entry) throws IOException {
    int length = 4 + entry.getInt(entry.position());
    if (buffer.remaining() < length) {
      flush();
    }
    buffer.put(entry.duplicate().limit(entry.position() + length));
  }

  private void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      file.write(buffer);
    }
    buffer.clear();
  }

  /** Goes over to reading, from the first entry; frees the buffer until then. */
  void finish() throws IOException {
    flush();
    buffer = null;
  }

  /** The entry at the head; null at the end. Valid until {@link #advance}. */
  ByteBuffer head() throws IOException {
    if (!reading) {
      reading = true;
      file.position(0);
      buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
    }
    if (!ended && (buffer.remaining() < 4 || missing() > 0)) {
      fill();
    }
    return ended ? null : buffer;
  }

  void advance() {
    buffer.position(buffer.position() + 4 + buffer.getInt(buffer.position()));
  }

  private int missing() {
    return 4 + buffer.getInt(buffer.position()) - buffer.remaining();
  }

  private void fill() throws IOException {
    buffer.compact();
    int read = 0;
    while (read >= 0 && buffer.hasRemaining()) {
      read = file.read(buffer);
    }
    buffer.flip();
    if (!buffer.hasRemaining()) {
      ended = true;
    } else if (buffer.remaining() < 4 || missing() > 0) {
      throw new IOException("a spilled listing ends in the middle of an entry");
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
