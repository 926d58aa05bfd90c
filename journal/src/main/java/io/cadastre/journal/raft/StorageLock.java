package io.cadastre.journal.raft;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to use a master's storage directory: held by a master while it runs, and by an offline
 * tool while it works. A lock of the operating system on a file in the directory, so it goes with
 * its process, however that ends. The file itself stays.
 */
public final class StorageLock implements AutoCloseable {
  /** The locked file, in the storage directory. */
  public static final String FILE = "master.lock";

  private final FileChannel channel;
  private final FileLock lock;

  private StorageLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes the lock, at once or not at all.
   *
   * @throws MetadataException NOT_FOUND if there is no such directory, BUSY if somebody has the
   *     lock
   */
  public static StorageLock acquire(Path storage) {
    if (!Files.isDirectory(storage)) {
      throw new MetadataException(ErrorCode.NOT_FOUND, "There is no such storage directory")
          .with("directory", storage);
    }
    FileChannel channel = null;
    FileLock lock = null;
    try {
      channel =
          FileChannel.open(
              storage.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      lock = tryLock(channel);
      if (lock == null) {
        throw new MetadataException(
                ErrorCode.BUSY,
                "A running master, or another tool, uses this storage directory. Stop it first")
            .with("directory", storage);
      }
      return new StorageLock(channel, lock);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot lock " + storage, e);
    } finally {
      if (lock == null && channel != null) {
        closeQuietly(channel);
      }
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held in this process.
      return null;
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot release the lock of the storage directory", e);
    }
  }
}
