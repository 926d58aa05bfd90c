import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The measure of foundation-8: walks a tree and reads every entry's unix attributes, as a sync of a
 * local store has to. Prints the files per second of the best of three walks.
 */
final class Walk {
  private Walk() {}

  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    double best = 0;
    for (int round = 0; round < 3; round++) {
      long[] files = {0};
      long begin = System.nanoTime();
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.readAttributes(file, "unix:*", java.nio.file.LinkOption.NOFOLLOW_LINKS);
              files[0]++;
              return FileVisitResult.CONTINUE;
            }
          });
      best = Math.max(best, files[0] / ((System.nanoTime() - begin) / 1e9));
    }
    System.out.println(Math.round(best));
  }
}
