package io.cadastre.cli.tools;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.base.PropertiesFile;
import io.cadastre.journal.raft.NodeIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The {@link JournalTools} over a master's storage directory. */
public final class StorageTools implements JournalTools {
  /** Files that a running master holds a lock on: the Raft log's and the inode store's. */
  private static final Set<String> LOCK_FILES = Set.of("in_use.lock", "LOCK");

  private static final int LOCK_DEPTH = 4;

  @Override
  public Optional<Identity> identity(Path storageDir) {
    Path file = storageDir.resolve(NodeIdentity.FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String node = PropertiesFile.read(file).getOrDefault("node", "");
    NodeIdentity identity = NodeIdentity.load(storageDir, node);
    return Optional.of(
        new Identity(identity.clusterId(), identity.nodeName(), identity.incarnation()));
  }

  @Override
  public Identity format(Path storageDir, String node, UUID clusterId) {
    requireStopped(storageDir);
    try {
      NodeIdentity made = NodeIdentity.format(storageDir, node, clusterId, true);
      return new Identity(made.clusterId(), made.nodeName(), made.incarnation());
    } catch (UncheckedIOException e) {
      throw CliFailure.local(
          "Cannot format " + storageDir + ": " + e.getCause().getMessage(), e.getCause());
    }
  }

  @Override
  public Verification verify(Path storageDir) {
    throw missing("check a storage");
  }

  @Override
  public Map<String, String> stat(Path storageDir) {
    throw missing("show the figures of a storage");
  }

  @Override
  public void dump(Path storageDir, DumpRange range, Consumer<String> line) {
    throw missing("print a log");
  }

  private static CliFailure missing(String what) {
    return new CliFailure(
        ExitCodes.USAGE, "This version cannot " + what + " yet; nothing was done.");
  }

  /**
   * @throws CliFailure CONFLICT if a master runs on this storage
   */
  private static void requireStopped(Path storageDir) {
    if (!Files.isDirectory(storageDir)) {
      return;
    }
    try (Stream<Path> files = Files.walk(storageDir, LOCK_DEPTH)) {
      List<Path> locks =
          files.filter(file -> LOCK_FILES.contains(file.getFileName().toString())).toList();
      for (Path lock : locks) {
        if (isHeld(lock)) {
          throw new CliFailure(
              ExitCodes.CONFLICT,
              "A master runs on " + storageDir + "; stop it first. Its lock: " + lock);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw CliFailure.local("Cannot look into " + storageDir + ": " + e.getMessage(), e);
    }
  }

  private static boolean isHeld(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        return true;
      }
      lock.release();
      return false;
    }
  }
}
