package io.cadastre.cli.local;

import io.cadastre.cli.base.CliFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * The files of one master of a local cluster.
 *
 * @param path absolute
 */
record MasterDirectory(Path path) {
  private static final long TAIL_BYTES = 4_096;

  Path configFile() {
    return path.resolve("cadastre.properties");
  }

  Path storage() {
    return path.resolve("data");
  }

  Path logs() {
    return path.resolve("logs");
  }

  /** What the process prints, and what the JVM says when it cannot start. */
  Path outFile() {
    return logs().resolve("out.log");
  }

  Path pidFile() {
    return path.resolve("master.pid");
  }

  Path tmp() {
    return path.resolve("tmp");
  }

  void create() throws IOException {
    Files.createDirectories(storage());
    Files.createDirectories(logs());
  }

  /** A JVM that was killed leaves the native libraries it had unpacked; nothing else is here. */
  void wipeTmp() throws IOException {
    if (Files.exists(tmp())) {
      Files.walkFileTree(
          tmp(),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure)
                throws IOException {
              if (failure != null) {
                throw failure;
              }
              Files.delete(directory);
              return FileVisitResult.CONTINUE;
            }
          });
    }
    Files.createDirectories(tmp());
  }

  /** The last lines of {@link #outFile}, at most `count`. */
  List<String> lastLines(int count) {
    try (var channel = Files.newByteChannel(outFile())) {
      channel.position(Math.max(0, channel.size() - TAIL_BYTES));
      byte[] bytes = java.nio.channels.Channels.newInputStream(channel).readAllBytes();
      List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      return lines.subList(Math.max(0, lines.size() - count), lines.size());
    } catch (IOException e) {
      throw CliFailure.local("Cannot read " + outFile() + ": " + e.getMessage(), e);
    }
  }
}
