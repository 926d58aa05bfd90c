import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.atomic.LongAdder;

/**
 * The measure of what a sync of a local store reaches: walks a tree and reads every entry's unix
 * attributes, as a sync has to. Prints the files per second of the best of three walks by one
 * thread and, if more threads are given, of three by so many; the faster way counts.
 */
final class Walk {
  private static final String ATTRIBUTES = "unix:mode,uid,gid,size,lastModifiedTime,ino";
  private static final int CHUNK = 1_000;

  private Walk() {}

  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]);
    int threads = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    double best = 0;
    for (int round = 0; round < 3; round++) {
      best = Math.max(best, perSecond(() -> alone(root)));
      if (threads > 1) {
        best = Math.max(best, perSecond(() -> together(root, threads)));
      }
    }
    System.out.println(Math.round(best));
  }

  private interface Way {
    long walk() throws IOException;
  }

  private static double perSecond(Way way) throws IOException {
    long begin = System.nanoTime();
    long files = way.walk();
    return files / ((System.nanoTime() - begin) / 1e9);
  }

  private static long alone(Path root) throws IOException {
    long[] files = {0};
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            files[0]++;
            return FileVisitResult.CONTINUE;
          }
        });
    return files[0];
  }

  private static long together(Path root, int threads) {
    ForkJoinPool pool = new ForkJoinPool(threads);
    try {
      LongAdder files = new LongAdder();
      pool.invoke(new Directory(root, files));
      return files.sum();
    } finally {
      pool.shutdown();
    }
  }

  /** Reads the names of a directory, and hands on its entries in chunks. */
  private static final class Directory extends RecursiveAction {
    private static final long serialVersionUID = 1L;
    private final transient Path directory;
    private final transient LongAdder files;

    Directory(Path directory, LongAdder files) {
      this.directory = directory;
      this.files = files;
    }

    @Override
    protected void compute() {
      List<RecursiveAction> parts = new ArrayList<>();
      try (DirectoryStream<Path> names = Files.newDirectoryStream(directory)) {
        List<Path> chunk = new ArrayList<>();
        for (Path name : names) {
          chunk.add(name);
          if (chunk.size() == CHUNK) {
            parts.add(new Chunk(chunk, files));
            parts.get(parts.size() - 1).fork();
            chunk = new ArrayList<>();
          }
        }
        new Chunk(chunk, files).compute();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      parts.forEach(RecursiveAction::join);
    }
  }

  private static final class Chunk extends RecursiveAction {
    private static final long serialVersionUID = 1L;
    private final transient List<Path> entries;
    private final transient LongAdder files;

    Chunk(List<Path> entries, LongAdder files) {
      this.entries = entries;
      this.files = files;
    }

    @Override
    protected void compute() {
      List<Directory> directories = new ArrayList<>();
      for (Path entry : entries) {
        Map<String, Object> attributes;
        try {
          attributes = Files.readAttributes(entry, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        if (((Integer) attributes.get("mode") & 0170000) == 0040000) {
          directories.add(new Directory(entry, files));
        } else {
          files.increment();
        }
      }
      invokeAll(directories);
    }
  }
}
