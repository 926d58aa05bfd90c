package io.cadastre.cli.local;

import io.cadastre.cli.base.CliEnvironment;
import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ExitCodes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a local cluster lives: `local.properties` (see {@link LocalState}), `local.lock`, and one
 * directory per master.
 *
 * @param path absolute, normalised
 */
record LocalDirectory(Path path) {
  private static final String LOCK_FILE = "local.lock";

  LocalDirectory {
    path = path.toAbsolutePath().normalize();
  }

  /** From `--dir` (may be null), else $CADASTRE_LOCAL_DIR, else `~/.cadastre/local`. */
  static LocalDirectory of(Path option, CliEnvironment environment) {
    if (option != null) {
      return new LocalDirectory(option);
    }
    return new LocalDirectory(
        environment
            .variable("CADASTRE_LOCAL_DIR")
            .map(Path::of)
            .orElse(environment.home().resolve(".cadastre").resolve("local")));
  }

  Path stateFile() {
    return path.resolve(LocalState.FILE_NAME);
  }

  /** The directory of one master. */
  MasterDirectory master(String name) {
    return new MasterDirectory(path.resolve(name));
  }

  /**
   * Keeps other `local` commands out until the lock is closed.
   *
   * @throws CliFailure CONFLICT if another one is at work
   */
  Lock lock() {
    try {
      Files.createDirectories(path);
      FileChannel channel =
          FileChannel.open(
              path.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock;
      try {
        lock = channel.tryLock();
      } catch (OverlappingFileLockException e) {
        lock = null;
      }
      if (lock == null) {
        channel.close();
        throw new CliFailure(
            ExitCodes.CONFLICT,
            "Another `cadastre local` command is at work in "
                + path
                + "; wait for it, or pass another --dir.");
      }
      return new Lock(channel);
    } catch (IOException e) {
      throw CliFailure.local("Cannot use the directory " + path + ": " + e.getMessage(), e);
    }
  }

  /**
   * A new cluster must not mix with anything that is there already.
   *
   * @throws CliFailure CONFLICT if the directory holds something
   */
  void requireUnused() {
    try (Stream<Path> entries = Files.list(path)) {
      List<String> others =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> !name.equals(LOCK_FILE))
              .sorted()
              .limit(3)
              .toList();
      if (!others.isEmpty()) {
        throw new CliFailure(
            ExitCodes.CONFLICT,
            path
                + " is not empty (it has "
                + String.join(", ", others)
                + ") and holds no local cluster; pass another --dir.");
      }
    } catch (IOException e) {
      throw CliFailure.local("Cannot read the directory " + path + ": " + e.getMessage(), e);
    }
  }

  /** Held by one `local` command at a time. */
  record Lock(FileChannel channel) implements AutoCloseable {
    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw CliFailure.local("Cannot release the lock: " + e.getMessage(), e);
      }
    }
  }
}
