package io.cadastre.journal.raft;

import java.nio.file.Path;

/** What lies where in a master's storage directory, beside its identity and its lock. */
public record StorageDirectory(Path path) {
  /** Vote and log of Raft. */
  public Path raft() {
    return path.resolve("raft");
  }

  /** The inode store. */
  public Path store() {
    return path.resolve("store");
  }

  /** RocksDB's native library, unpacked. */
  public Path nativeLibraries() {
    return path.resolve("native");
  }
}
