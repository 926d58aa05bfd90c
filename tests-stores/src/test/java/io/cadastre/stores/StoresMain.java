package io.cadastre.stores;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A bucket behind s3proxy and a directory of a minicluster, each with the same small tree, as a
 * process of its own, for `scripts/prove/sync-9`. Prints, for each, `STORE uri URI` and `STORE
 * option NAME=VALUE`, once for both `entry PATH` of all that is in them, and `ready`; then it
 * serves until its standard input is closed.
 */
final class StoresMain {
  private static final List<String> NAMES =
      List.of("a b", "c+d", "e%20f", "ü", "\uD83D\uDE00", "z-1", "z.1", "z");

  private StoresMain() {}

  /**
   * @param arguments a directory of its own
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    try (ReadableStore s3 = new S3StoreFixture(directory.resolve("secrets"));
        ReadableStore hdfs = new HdfsStoreFixture(directory.resolve("hdfs"))) {
      fill("s3", s3);
      fill("hdfs", hdfs);
      List<String> entries = s3.entries("tree");
      if (!entries.equals(hdfs.entries("tree"))) {
        throw new IllegalStateException("the stores differ: " + hdfs.entries("tree"));
      }
      entries.forEach(
          entry -> System.out.println("entry " + entry.substring(0, entry.lastIndexOf(' '))));
      System.out.println("ready");
      while (System.in.read() >= 0) {
        // Nothing is meant for us.
      }
    }
    // Threads of theirs are left.
    System.exit(0);
  }

  private static void fill(String name, ReadableStore store) {
    for (String above : NAMES) {
      for (String below : NAMES) {
        store.write("tree/" + above + "/" + below, above.length());
      }
      store.mkdirs("tree/" + above + "/empty");
    }
    System.out.println(name + " uri " + store.uri() + "/tree");
    store
        .options()
        .forEach((key, value) -> System.out.println(name + " option " + key + "=" + value));
  }
}
