package io.cadastre.server.badinput;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names, permissions and bytes of a directory tree, to see whether it was changed. Lock files
 * are left out: whoever looks takes them.
 */
final class TreeHash {
  private TreeHash() {}

  static String of(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> !file.getFileName().toString().endsWith(".lock"))
          .sorted()
          .map(file -> line(root, file))
          .collect(Collectors.joining("\n"));
    }
  }

  private static String line(Path root, Path file) {
    try {
      String what =
          Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
              ? Files.size(file) + " " + Arrays.hashCode(Files.readAllBytes(file))
              : "";
      return root.relativize(file)
          + " "
          + Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)
          + " "
          + what;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
