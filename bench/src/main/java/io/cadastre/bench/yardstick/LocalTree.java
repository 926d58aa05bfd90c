package io.cadastre.bench.yardstick;

import io.cadastre.bench.cluster.ProcessUsage;
import io.cadastre.bench.report.Figure;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A tree of empty files on this machine, and the walk of it with the attributes that a sync needs.
 */
public final class LocalTree {
  /** What a sync of a local store asks of each file. */
  public static final String ATTRIBUTES = "unix:mode,uid,gid,size,lastModifiedTime,ino";

  private LocalTree() {}

  /** Makes the tree: directories of as many files each. */
  public static void create(Path top, int directories, int filesEach) throws IOException {
    for (int i = 0; i < directories; i++) {
      Files.createDirectory(top.resolve(directory(i)));
      for (int j = 0; j < filesEach; j++) {
        Files.createFile(top.resolve(file(i, j)));
      }
    }
  }

  private static String directory(int number) {
    return "d%04d".formatted(number);
  }

  /** The name of a file below the top, by its directory and its place in it, both from 0. */
  public static String file(int directory, int number) {
    return directory(directory) + "/file-" + number;
  }

  /** Walks the tree once. */
  public static Figure walk(Path top) throws IOException {
    long[] files = new long[1];
    long start = System.nanoTime();
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes unused)
              throws IOException {
            if (Files.readAttributes(file, ATTRIBUTES).size() > 0) {
              files[0]++;
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return Figure.plain(
        "walk of a local tree",
        "files",
        files[0],
        (System.nanoTime() - start) / 1e9,
        ProcessUsage.loadAverage());
  }
}
