package io.cadastre.ufs.local;

import io.cadastre.core.error.MetadataException;
import io.cadastre.ufs.spi.UfsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a directory lies on a disk of this host, as its file system's type says, or as the mount
 * option {@link #PARALLEL} says. Thread-safe.
 */
final class HostDisks {
  /** `auto`, `true` (syncs use as many threads as configured) or `false`. */
  static final String PARALLEL = "file.parallel";

  private static final Set<String> TYPES =
      Set.of(
          "ext2",
          "ext3",
          "ext4",
          "xfs",
          "btrfs",
          "zfs",
          "f2fs",
          "jfs",
          "reiserfs",
          "bcachefs",
          "overlay",
          "tmpfs",
          "apfs",
          "hfs",
          "ufs",
          "ntfs",
          "ntfs3");

  private final Optional<Boolean> said;
  private volatile Boolean found;

  /**
   * @throws MetadataException INVALID_ARGUMENT if the option cannot be read
   */
  HostDisks(UfsSettings settings) {
    this.said = settings.option(PARALLEL).flatMap(HostDisks::parse);
  }

  private static Optional<Boolean> parse(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "auto" -> Optional.empty();
      case "true" -> Optional.of(false);
      case "false" -> Optional.of(true);
      default ->
          throw MetadataException.invalid(
              "option " + PARALLEL, "'" + text + "': expected auto, true or false");
    };
  }

  /** Asks for the type of this directory's file system, once; it may take its time. */
  void look(Path directory) throws IOException {
    if (found == null) {
      found = TYPES.contains(Files.getFileStore(directory).type());
    }
  }

  /** No I/O; false until somebody has looked. */
  boolean isHere() {
    return said.orElse(Boolean.TRUE.equals(found));
  }

  /** How many threads should help with the entries of one page. */
  int helpersEach() {
    return isHere()
        ? Math.min(EntryLooks.HELPERS_EACH, Runtime.getRuntime().availableProcessors() - 1)
        : EntryLooks.HELPERS_EACH;
  }
}
