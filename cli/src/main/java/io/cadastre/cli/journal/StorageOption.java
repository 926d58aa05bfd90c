package io.cadastre.cli.journal;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The storage directory of a stopped master. */
final class StorageOption {
  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "Storage directory of a stopped master (cadastre.master.storage.dir).")
  private Path dir;

  Path path() {
    return dir.toAbsolutePath().normalize();
  }
}
