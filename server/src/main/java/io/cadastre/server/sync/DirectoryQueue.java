package io.cadastre.server.sync;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.path.NamespacePath;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The directories that a run has found and not taken up yet, first found first out. So many are
 * kept in memory; what comes beyond goes to a file without a name, in turns: one file is written
 * while the one before is read, so that each is gone when it has been read through. Thread-safe.
 */
final class DirectoryQueue implements AutoCloseable {
  private final Path directory;
  private final int inMemory;
  private final Deque<NamespacePath> first = new ArrayDeque<>();
  private long size;
  private Spill reading;
  private Spill writing;

  /** A file of paths: written to its end, then read once. */
  private static final class Spill {
    final FileChannel file;
    final DataOutputStream out;
    DataInputStream in;
    long left;

    Spill(Path directory) throws IOException {
      Path path = Files.createTempFile(directory, "cadastre-directories-", ".run");
      try {
        file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      } finally {
        Files.delete(path);
      }
      out =
          new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(file), 64 << 10));
    }

    void write(NamespacePath path) throws IOException {
      byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
      out.writeInt(bytes.length);
      out.write(bytes);
      left++;
    }

    NamespacePath read() throws IOException {
      if (in == null) {
        out.flush();
        file.position(0);
        in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(file), 64 << 10));
      }
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      left--;
      return NamespacePath.of(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  /**
   * @param directory where files are made
   * @param inMemory paths kept in memory
   */
  DirectoryQueue(Path directory, int inMemory) {
    this.directory = directory;
    this.inMemory = inMemory;
  }

  /**
   * @throws MetadataException UNAVAILABLE if it can be kept neither in memory nor on disk
   */
  synchronized void add(NamespacePath path) {
    size++;
    if (reading == null && writing == null && first.size() < inMemory) {
      first.add(path);
      return;
    }
    try {
      if (writing == null) {
        writing = new Spill(directory);
      }
      writing.write(path);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** The next one, or null if there is none now. */
  synchronized NamespacePath poll() {
    if (first.isEmpty()) {
      refill();
    }
    NamespacePath next = first.poll();
    if (next != null) {
      size--;
    }
    return next;
  }

  private void refill() {
    try {
      while (first.size() < inMemory && (reading != null || writing != null)) {
        if (reading == null) {
          reading = writing;
          writing = null;
        }
        while (first.size() < inMemory && reading.left > 0) {
          first.add(reading.read());
        }
        if (reading.left == 0) {
          reading.file.close();
          reading = null;
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  synchronized long size() {
    return size;
  }

  private static MetadataException failed(IOException cause) {
    return new MetadataException(
        ErrorCode.UNAVAILABLE,
        "Directories of a sync cannot be kept on disk: " + cause.getMessage(),
        cause);
  }

  @Override
  public synchronized void close() {
    try {
      if (reading != null) {
        reading.file.close();
      }
      if (writing != null) {
        writing.file.close();
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
