package io.cadastre.journal.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/** In a JVM of its own each time, since a process loads the library once. */
class NativeLibraryTest {
  private static final String NAME = Environment.getJniLibraryFileName("rocksdbjni");
  private static final String PACKED = Environment.getJniLibraryFileName("rocksdb");

  @TempDir Path temporary;

  /** Loads the library and says out of which file. */
  static final class Loader {
    private Loader() {}

    public static void main(String[] arguments) throws IOException {
      NativeLibrary.load(Path.of(arguments[0]));
      RocksDB.rocksdbVersion();
      try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
        System.out.println(
            maps.filter(line -> line.contains("librocksdbjni"))
                .map(line -> line.substring(line.indexOf('/')))
                .findFirst()
                .orElseThrow());
      }
    }
  }

  private String loadedFrom(Path directory) throws IOException, InterruptedException {
    Path out = temporary.resolve("out");
    Path own = Files.createDirectories(temporary.resolve("tmp"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + own,
                "-cp",
                System.getProperty("java.class.path"),
                Loader.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String said = Files.readString(out);
    assertThat(process.exitValue()).as(said).isZero();
    List<String> lines = said.lines().toList();
    return lines.get(lines.size() - 1);
  }

  private static byte[] inTheJar() throws IOException {
    try (InputStream packed = RocksDB.class.getResourceAsStream("/" + PACKED)) {
      return packed.readAllBytes();
    }
  }

  @Test
  void itIsUnpackedOnceAndLoadedFromThere() throws IOException, InterruptedException {
    Path library = temporary.resolve("native").resolve(NAME);
    assertThat(loadedFrom(library.getParent())).isEqualTo(library.toString());
    assertThat(library).hasBinaryContent(inTheJar());
    Object file = Files.getAttribute(library, "unix:ino");
    assertThat(loadedFrom(library.getParent())).isEqualTo(library.toString());
    assertThat(Files.getAttribute(library, "unix:ino")).isEqualTo(file);
  }

  /** The file of another version, or one that was not written to its end. */
  @Test
  void anotherFileIsReplaced() throws IOException, InterruptedException {
    Path library = Files.createDirectories(temporary.resolve("native")).resolve(NAME);
    byte[] content = inTheJar();
    content[content.length / 2] ^= 1;
    Files.write(library, content);
    assertThat(loadedFrom(library.getParent())).isEqualTo(library.toString());
    assertThat(library).hasBinaryContent(inTheJar());
  }

  @Test
  void itIsLoadedAllTheSameWhereItCannotBeUnpacked() throws IOException, InterruptedException {
    Path notADirectory = Files.createFile(temporary.resolve("file"));
    assertThat(loadedFrom(notADirectory)).startsWith(temporary.resolve("tmp").toString());
  }
}
